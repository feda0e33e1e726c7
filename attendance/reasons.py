"""Reasons of a difference between two runs, as sentences in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: Mapping[str, str | Promise] = {
    "new_person": _("New on the list."),
    "counted_now": _("Counts as expected now."),
    "left_list": _("Left the list."),
    "beside_now": _("Counts as %(kind)s now, and not as expected."),
    "decided": _("%(by)s decided, %(time)s: %(what)s."),
    "seconded": _("%(by)s confirmed, %(time)s: %(what)s."),
    "undone": _("%(by)s took back, %(time)s: %(what)s."),
    "came_later": _("“%(shown)s” came with later rows."),
    "found": _("Recognised as “%(shown)s” now (%(key)s)."),
    "lost": _("“%(shown)s” is not taken for this person any more."),
    "more_seconds": _("Later rows: %(length)s more."),
    "fewer_seconds": _("Later rows or another counting window: %(length)s less."),
    "rule": _("The rule changed: version %(before)s, now %(after)s."),
    "policy": _("The matching policy changed: %(before)s, now %(after)s."),
    "key": _("Proved by %(key)s now, before by %(former)s."),
    "follows": _("Follows from: %(causes)s."),
}


class Why(NamedTuple):
    """One reason of a change: a code of WORDS and what its sentence names."""

    code: str
    params: Mapping[str, object] = {}

    def __str__(self) -> str:
        # Times are put into words here, where the page has set the zone of the meeting.
        told = {name: _clock(value) if isinstance(value, datetime) else value for name, value in self.params.items()}
        return str(WORDS[self.code]) % told


def _clock(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")
