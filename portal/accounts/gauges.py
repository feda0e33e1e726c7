"""How full the platform's limits are for an organisation, and what the platform stopped until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts import budget, counters
from portal.accounts.models import EnterpriseCredential, Installation, Organisation

KINDS = {
    "calls": _("calls a minute"),
    "account": _("account-wide calls a minute"),
    "creations": _("new meetings an hour"),
    "day": _("calls a day"),
}
OWN_APP = _("enterprise credential")


@dataclass(frozen=True, slots=True)
class Gauge:
    """How full one limit is; `paused_until` where the platform stopped it, with the code it gave."""

    kind: str
    who: str | Promise
    used: int
    limit: int
    paused_until: datetime | None
    error_code: int | None

    @property
    def words(self) -> Promise:
        """What is limited."""
        return KINDS[self.kind]

    @property
    def share(self) -> float:
        """How much of it is used, from 0 to 1."""
        return self.used / self.limit if self.limit else 0.0


def read(organisation: Organisation) -> list[Gauge]:
    """Give every limit of an organisation's credentials; empty while Redis is away or nothing is counted."""
    found = [(who, window) for who, meter in _meters(organisation) for window in meter.windows().values()]
    keys = [f"{window.key}:{what}" for _, window in found for what in ("slots", "count", "pause")]
    now = timezone.now()
    return [
        Gauge(window.kind, who, used, window.limit, now + timedelta(milliseconds=left) if left > 0 else None,
              int(code) if code else None)
        for (who, window), (used, left, code) in zip(found, (keys and counters.run("budget_look.lua", keys)) or (), strict=False)
    ]  # fmt: skip


def telling(organisation: Organisation) -> list[Gauge]:
    """Give what the platform stopped and, of the rest, the limit that is fullest."""
    found = read(organisation)
    stopped = [gauge for gauge in found if gauge.paused_until]
    return stopped + sorted((gauge for gauge in found if not gauge.paused_until), key=lambda gauge: -gauge.share)[:1]


def _meters(organisation: Organisation) -> Iterator[tuple[str | Promise, budget.Meter]]:
    callers = [(OWN_APP, budget.of_app(keys.app_id, keys.sdk_id, keys.operator_userid))
               for keys in EnterpriseCredential.objects.filter(organisation=organisation)]  # fmt: skip
    grants = Installation.objects.alive().filter(organisation=organisation).select_related("user")
    callers += [(str(grant.user), budget.of_user(grant.sdk_id, grant.open_id)) for grant in grants]
    return ((who, meter) for who, meter in callers if isinstance(meter, budget.Meter))
