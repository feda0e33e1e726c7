"""The first page after signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from attendance.home import board
from portal.accounts.access import member


@member
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what needs the member, what comes next, and the latest results."""
    now = timezone.now()
    return render(request, "attendance/home.html", {"board": board(request.membership, now), "now": now})
