"""The figures of an occurrence as tiles, each a link to its rows; counted by the query that lists them."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from attendance.models import FURTHER, Match, MatchRun, Outcome
from meetings.models import Kind

Tile = dict[str, object]
Link = Callable[..., str]

STATES = tuple(state.value for state in Outcome.State)
# Who is recognised, but not expected; shown where anybody is.
BESIDE = (Kind.BARRED.value, Kind.STAFF.value)
# Participants a human called further devices of others: counted apart, so that nobody is counted twice.
APART = (*BESIDE, FURTHER)


def people_tiles(run: MatchRun, link: Link) -> list[Tile]:
    """Give the expected people by state: attended + partly + absent + undecided = expected."""
    tally = run.outcomes.tally()
    whole = {"status": "expected", "value": sum(tally.values()), "url": link("results")}
    return [whole, *(_tile(state, tally.get(state, 0), link("results", state=state)) for state in STATES)]


def participant_tiles(run: MatchRun, link: Link) -> list[Tile]:
    """Give the participants by what the run says of them; the doubtful ones lead to the review."""
    tally = run.matches.tally()
    tier = Match.Tier
    doubtful = tally.get(tier.CONFLICT, 0) + tally.get(tier.LIKELY, 0)
    return [
        {"label": _("Participants"), "value": sum(tally.values()), "url": link("walk_ins")},
        _tile("matched", tally.get(tier.CERTAIN, 0), link("walk_ins", kind=tier.CERTAIN)),
        *(_tile(kind, tally[kind], link("walk_ins", kind=kind)) for kind in APART if kind in tally),
        _tile("walk_in", tally.get(tier.NONE, 0), link("walk_ins", kind=tier.NONE)),
        _tile("review", doubtful, link("review")),
        _tile("ignored", tally.get(tier.IGNORED, 0), link("walk_ins", kind=tier.IGNORED)),
    ]


def beside_tiles(run: MatchRun, link: Link) -> list[Tile]:
    """Give what stands beside the expected: the barred, own staff, walk-ins, and who waits for a human."""
    wanted = {*BESIDE, "walk_in", "review"}
    return [tile for tile in participant_tiles(run, link) if tile.get("status") in wanted]


def parts(tiles: list[Tile]) -> list[tuple[str, int]]:
    """Give the states among the tiles as parts of a whole."""
    return list(tally(tiles).items())


def tally(tiles: list[Tile]) -> dict[str, int]:
    """Give the states among the tiles with their counts."""
    return {str(tile["status"]): int(tile["value"]) for tile in tiles if tile.get("status") in STATES}


def _tile(status: str, value: int, url: str) -> Tile:
    return {"status": status, "value": value, "url": url}
