"""Small meetings for tests of the matching core: rows in, columns out."""

from collections.abc import Iterable

from attendance.matching import BALANCED, STRICT, Arrivals, Decision, Earlier, People, Policy, Reason, decide

Row = dict[str, object]

_PERSON: Row = {
    "name": "",
    "company": "",
    "title": "",
    "place": "",
    "phone_head": "",
    "phone_tail": "",
    "tag": "",
    "enroll_id": "",
    "userid": "",
    "open_id": "",
    "phone_hashes": (),
    "phone_key": "",
    "ms_open_ids": (),
}
_ARRIVAL: Row = {
    "names": ("?",),
    "tags": (),
    "enroll_id": "",
    "userid": "",
    "open_id": "",
    "ms_open_id": "",
    "phone_hash": "",
    "app_phone_key": "",
    "pstn_person_ids": (),
    "is_staff": False,
    "is_host": False,
}


def people(*rows: Row) -> People:
    """Make a list of expected persons; ids are p0, p1, ... unless given."""
    full = [{"id": f"p{place}", **_PERSON, **row} for place, row in enumerate(rows)]
    return People(**{name: [row[name] for row in full] for name in ("id", *_PERSON)})


def arrivals(*rows: Row, void: frozenset[str] = frozenset()) -> Arrivals:
    """Make participants; ids are a0, a1, ... unless given; `shown` is short for a single displayed name."""
    full = []
    for place, row in enumerate(rows):
        given = {"names": (row["shown"],)} if "shown" in row else {}
        full.append({"id": f"a{place}", **_ARRIVAL, **given, **row})
    columns = {name: [row[name] for row in full] for name in ("id", *_ARRIVAL)}
    return Arrivals(**columns, void_hashes=void)


def listed(*names: str) -> People:
    """Make a list of names alone."""
    return people(*({"name": name} for name in names))


def shown(*names: str) -> Arrivals:
    """Make participants who show these names and carry no key."""
    return arrivals(*({"shown": name} for name in names))


def only(
    expected: People, came: Arrivals, policy: Policy = STRICT, earlier: Earlier | None = None
) -> Decision:
    """Decide a meeting and give the decision on its first participant."""
    return decide(expected, came, earlier or Earlier(), policy).decisions[0]


def codes(decision: Decision) -> list[str]:
    """Give the codes of a decision's evidence."""
    return [reason.code for reason in decision.evidence]


def told(reasons: Iterable[Reason]) -> list[tuple[str, object]]:
    """Give the codes and parameters of reasons, without what they weigh."""
    return [(reason.code, reason.params) for reason in reasons]


def proposed(decision: Decision) -> list[object]:
    """Give the persons a decision proposes, most probable first."""
    return [candidate.person_id for candidate in decision.candidates]


__all__ = ["BALANCED", "STRICT", "arrivals", "codes", "listed", "only", "people", "proposed", "shown", "told"]
