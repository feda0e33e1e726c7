"""What every template knows."""

from django.conf import settings
from django.http import HttpRequest

from portal.accounts.models import Organisation


def site(request: HttpRequest) -> dict[str, object]:
    """Give the support contact, the member who is looking and the organisations they can choose from."""
    membership = getattr(request, "membership", None)
    mine = (
        Organisation.objects.filter(memberships__user=request.user)
        if membership
        else Organisation.objects.none()
    )
    return {
        "support_email": settings.SUPPORT_EMAIL,
        "support_phone": settings.SUPPORT_PHONE,
        "membership": membership,
        "organisations": mine.order_by("name", "pk"),
    }
