"""Pages that belong to nobody in particular: sign-in, help, legal texts, contact, health."""

from datetime import date

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
from portal.pages.example import example
from portal.pages.guide import SECTIONS, STEPS, scenarios

# The legal texts change together; a change in their words is a new version with its day.
LEGAL = {"version": "1.0", "since": date(2026, 11, 20)}


@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Offer the one way in; people who are in already go on."""
    onward = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = ""
    if request.user.is_authenticated:
        return redirect(onward or settings.LOGIN_REDIRECT_URL)
    return render(request, "pages/sign_in.html", {"next": onward, "example": example()})


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain the product along the five scenarios."""
    words = {"sections": SECTIONS, "steps": STEPS, "scenarios": scenarios()}
    return _page(request, "pages/help.html", **words)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is collected, why, how long, and how to exercise one's rights."""
    return _page(request, "pages/privacy.html", legal=LEGAL)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """Give the terms of use."""
    return _page(request, "pages/terms.html", legal=LEGAL)


@require_safe
def support(request: HttpRequest) -> HttpResponse:
    """Say how to reach a human."""
    return _page(request, "pages/support.html")


def _page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    """Render a public page; people who are signed in keep their navigation."""
    frame = "base.html" if request.user.is_authenticated else "base_plain.html"
    return render(request, template, {"frame": frame, **context})


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
