"""What a list says of its people."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """The kinds of lists, strongest first: who stands on several lists is what the first of them says."""

    BARRED = "barred", _("barred")
    VIP = "vip", _("VIP")
    EXPECTED = "expected", _("expected")
    STAFF = "staff", _("own staff")


# Whose coming is counted.
AWAITED = (Kind.VIP, Kind.EXPECTED)
