"""Who should not be there: people of a list of barred people in a meeting, with what proves them."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attendance import words
from attendance.models import Match, MatchRun
from attendance.tiles import Link
from meetings.models import Kind

MOST_SHOWN = 5

Item = dict[str, object]


def number_of(run: MatchRun) -> tuple[int, int]:
    """Count the barred who are there for certain, and the doubtful participants who may be one of them."""
    return run.counts.get(Kind.BARRED, 0), run.counts.get("maybe_barred", 0)


def items(run: MatchRun, link: Link) -> list[Item]:
    """Give an alarm for each barred person who is or was there, and one for all who may be one; each leads to its case."""
    there, maybe = number_of(run)
    return [*(_certain(run, link, there) if there else ()), *(_doubtful(link, maybe) if maybe else ())]


def title(run: MatchRun, there: int) -> str:
    """Say how many barred people are there, or were."""
    if run.live:
        told = ngettext("%(number)d barred person came in", "%(number)d barred people came in", there)
    else:
        told = ngettext("%(number)d barred person was there", "%(number)d barred people were there", there)
    return told % {"number": there}


def maybe_title(maybe: int) -> str:
    """Say how many doubtful participants may be barred people."""
    told = ngettext("%(number)d participant may be a barred person", "%(number)d participants may be barred people", maybe)
    return told % {"number": maybe}


def _certain(run: MatchRun, link: Link, there: int) -> Iterator[Item]:
    """Give those who are still there first, then whoever stayed longest."""
    found = run.matches.filter(tier=Match.Tier.CERTAIN, person__kind=Kind.BARRED).select_related("participant", "person")
    for match in found.order_by("-participant__still_in", "-participant__seconds", "pk")[:MOST_SHOWN]:
        told = {"name": match.person.name, "shown": match.participant.name}
        here = match.participant.still_in
        yield {
            "status": "barred",
            "title": (_("Barred and in the meeting: %(name)s") if here else _("Barred and was there: %(name)s")) % told,
            "meta": " ".join([_("Shown as “%(shown)s”.") % told, *words.say_all(match.evidence[:2])]),
            "url": link("case", match.participant_id),
        }
    if there > MOST_SHOWN:
        yield {"status": "barred", "title": title(run, there), "meta": _("See all of them."), "end": there,
               "url": link("walk_ins", kind=Kind.BARRED.value)}  # fmt: skip


def _doubtful(link: Link, maybe: int) -> Iterator[Item]:
    yield {"status": "review", "title": maybe_title(maybe), "meta": _("Look at them in the review."), "end": maybe,
           "url": link("review")}  # fmt: skip
