"""The addresses the platform sends its events to. Whatever is wrong gets one and the same answer."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.tencent.webhooks import ACKNOWLEDGEMENT, WebhookRefused
from portal.webhooks import inbox

LONGEST_BODY = 1024 * 1024


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Answer a check of the address with its plain text, and an event with the words the platform waits for."""
    try:
        address = inbox.address_of(slug)
        if request.method == "GET":
            return _plain(inbox.check(address, request.headers, request.GET.get("check_str", "")))
        # What is longer is cut, and then no JSON any more.
        inbox.receive(address, request.headers, request.read(LONGEST_BODY))
    except WebhookRefused:
        return _plain("refused", status=403)
    return _plain(ACKNOWLEDGEMENT)


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
