"""Pages that belong to nobody in particular: sign-in, help, legal texts, contact, health."""

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.jobs.models import Job


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Offer the one way in; people who are in already go on."""
    onward = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        onward = ""
    if request.user.is_authenticated:
        return redirect(onward or settings.LOGIN_REDIRECT_URL)
    return render(request, "pages/sign_in.html", {"next": onward})


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain the product along the five scenarios."""
    return render(request, "pages/help.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is collected, why, how long, and how to exercise one's rights."""
    return render(request, "pages/privacy.html")


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Give the terms of use."""
    return render(request, "pages/terms.html")


@require_safe
def support(request: HttpRequest) -> HttpResponse:
    """Say how to reach a human."""
    return render(request, "pages/support.html")


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Tell whether database and broker answer and how long due work has waited; 503 without the database."""
    try:
        connection.ensure_connection()
        waiting = Job.objects.to_send(timezone.now(), timezone.now()).order_by("due_at").first()
    except DatabaseError:
        return JsonResponse({"database": False}, status=503)
    oldest = (timezone.now() - waiting.due_at).total_seconds() if waiting else 0
    return JsonResponse({"database": True, "broker": _broker_answers(), "oldest_due_seconds": round(oldest)})


def _broker_answers() -> bool:
    try:
        with current_app.connection_for_write(transport_options=settings.BROKER_PATIENCE) as broker:
            broker.ensure_connection(max_retries=0, timeout=1)
    except Exception:  # whatever the broker's client raises means the same here
        return False
    return True
