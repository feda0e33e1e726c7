"""The example on the sign-in page: invented people, drawn with the very parts that draw real results."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext_lazy as _

START = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
END = START + timedelta(minutes=120)


def _at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


# The figures of a roadshow: 300 were expected.
PARTS = [("attended", 214), ("partly", 31), ("absent", 52), ("undecided", 3)]
STAYS = [(_at(4), _at(52)), (_at(61), _at(120))]
EVIDENCE = [
    {"verdict": "agreed", "key": _("Exclusive link"), "note": _("used by this person only")},
    {"verdict": "agreed", "key": _("Displayed name"), "listed": "林小满", "seen": "星河证券-林小满"},
    {"verdict": "missing", "key": _("Phone"), "note": _("not shown by the platform")},
]


def example() -> dict[str, object]:
    """Give the context of the example: the roll, and why one person counts as present."""
    return {
        "parts": PARTS,
        "person": {"name": "林小满", "company": "星河证券"},
        "lanes": [{"name": _("Computer"), "visits": [{"start": start, "end": end} for start, end in STAYS]}],
        "windows": [(START, END)],
        "counted": STAYS,
        "evidence": EVIDENCE,
    }
