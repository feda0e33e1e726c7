"""What the sections of a dry run are called and mean, their figures, and what became of a batch, in words."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from meetings.lists.checking import LEAVE, MERGE, TAKE
from meetings.models import Upload

Text = str | Promise


class Section(NamedTuple):
    """One section: its figure's label and look, its heading, what it means, and what can be done with chosen rows."""

    label: Text
    tone: str
    icon: str
    title: Text
    text: Text
    actions: tuple[tuple[str, Text], ...] = ()


_OUT = ((LEAVE, _("Leave out")),)
SECTIONS: Mapping[str, Section] = {
    "faulty": Section(
        _("Faulty"), "bad", "x-circle", _("Rows that cannot be taken"),
        _("Repair them here: change the cell and save. What is masked stays as it is while its cell is empty."),
    ),
    "twice": Section(
        _("Duplicates"), "walk", "people", _("Rows that look like one person"),
        _("Say whether they are one person. Nothing is put together that you did not put together."),
    ),
    "doubt": Section(
        _("To look at"), "look", "eye", _("Rows to look at"),
        _("They are taken as they stand. Change what is not as you meant it."),
    ),
    "changed": Section(
        _("Changed"), "part", "pencil", _("People who change"),
        _("What the list says now, and what it will say. An empty cell changes nothing."), _OUT,
    ),
    "missing": Section(
        _("Not in the file"), "mute", "person-dash", _("People of the list who are not in the file"),
        _("They stay on the list unless you take them off."),
        ((LEAVE, _("Keep on the list")), (TAKE, _("Take off the list"))),
    ),
    "new": Section(_("New"), "good", "person-plus", _("People who are new to the list"), "", _OUT),
    "same": Section(
        _("Unchanged"), "mute", "check-circle", _("People who stay as they are"), _("The list says the same already."), _OUT
    ),
    "left": Section(
        _("Left out"), "mute", "slash-circle", _("Rows that are left out"),
        _("You left these rows out; they are not written."), ((TAKE, _("Take after all")),),
    ),
}  # fmt: skip
# Always shown, in this order; the others only where there are any.
ALWAYS = ("new", "changed", "same", "missing", "faulty", "twice")
ORDER = (*ALWAYS, "doubt", "left")
ICONS = {TAKE: "check-lg", LEAVE: "slash-circle", MERGE: "person-check"}


_SAVED: Mapping[str, Text] = {
    "new": ngettext_lazy("%(count)d person is new on the list.", "%(count)d people are new on the list.", "count"),
    "changed": ngettext_lazy("%(count)d person was changed.", "%(count)d people were changed.", "count"),
    "removed": ngettext_lazy("%(count)d person was taken off.", "%(count)d people were taken off.", "count"),
    "same": ngettext_lazy("%(count)d person stays as they were.", "%(count)d people stay as they were.", "count"),
}


def about(upload: Upload, section: str) -> Section:
    """Give what a section of a batch is called and means."""
    told = SECTIONS[section]
    if section == "changed" and upload.is_whole:
        return told._replace(text=_("What the list says now, and what it will say. What was empty then becomes empty again."))
    return told


def figures(upload: Upload, counts: Mapping[str, int], current: str) -> list[dict[str, object]]:
    """Give the figure of every section, each leading to its rows."""
    page = reverse("meetings:upload_preview", args=[upload.meeting_id, upload.pk])
    return [
        {"label": SECTIONS[name].label, "tone": SECTIONS[name].tone, "icon": SECTIONS[name].icon, "value": counts[name],
         "url": f"{page}?show={name}#rows", "current": name == current}
        for name in ORDER
        if name in ALWAYS or counts[name]
    ]  # fmt: skip


def saved(upload: Upload) -> list[str]:
    """Say what a confirmed batch did to its list."""
    told = {name: upload.counts.get(name, 0) for name in _SAVED}
    return [str(_SAVED[name] % {"count": count}) for name, count in told.items() if count]


SKIPPED: Mapping[str, Text] = {"title": _("title line"), "heading": _("headings again"), "total": _("sum line")}
NAMED = 12


def of_skipped(skipped: Sequence[tuple[int, str]]) -> list[str]:
    """Say which lines were taken for nobody, and why; of very many the first."""
    line = _("line %(line)d (%(why)s)")
    told = [str(line) % {"line": number, "why": SKIPPED[why]} for number, why in skipped[:NAMED]]
    return [*told, "…"] if len(skipped) > NAMED else told
