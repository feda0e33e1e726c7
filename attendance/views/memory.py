"""Who is remembered from earlier meetings, and forgetting them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from attendance import memory
from portal.accounts.access import decider, member

PAGE = 50


@member
@require_safe
def show_remembered(request: HttpRequest) -> HttpResponse:
    """List the decisions later meetings may use, with a search."""
    text = request.GET.get("q", "").replace("\x00", "").strip()
    rows = memory.remembered(request.membership)
    rows = rows.filter(Q(person__name__icontains=text) | Q(shown__icontains=text)) if text else rows
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "attendance/remembered_list.html", {"page": shown, "q": text})


@decider
@require_POST
def forget(request: HttpRequest, decision: int) -> HttpResponse:
    """Let a decision count in its own meeting only."""
    said = get_object_or_404(memory.remembered(request.membership), pk=decision)
    memory.forget(said, request.user)
    messages.success(request, _("Forgotten. It still counts in its own meeting."))
    return redirect("attendance:remembered")
