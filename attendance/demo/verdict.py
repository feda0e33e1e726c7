"""Holds what the portal says of a meeting against what really happened there."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineWorkbook

from attendance.demo.platform import Platform
from attendance.demo.story import Played

LISTED = ("expected", "registrant")
BY_HAND = "decided by hand"


@dataclass
class Verdict:
    """One line of the demo's table; `wrong` and `open_cases` name identities, for looking closer."""

    subject: str
    counts: Counter = field(default_factory=Counter)
    provable: int = 0
    decided: int = 0
    wrong: list[str] = field(default_factory=list)
    open_cases: list[str] = field(default_factory=list)
    minutes_off: int = 0

    @property
    def holds(self) -> bool:
        """Nothing wrong, and everything that can be proved is decided."""
        return not self.wrong and self.decided == self.provable and not self.minutes_off


def judge(played: Played, platform: Platform, book: CalamineWorkbook) -> Verdict:
    """Compare the exported workbook with the sandbox's truth, person by person."""
    truth = platform.get(f"truth/{played.meeting_id}")["people"]
    rows = platform.get(f"rows/{played.meeting_id}")
    person_of = {identity: person for person in truth for identity in person["ms_open_ids"]}
    provable = _provable(person_of, rows, set(played.key_of_line.values()))
    verdict = Verdict(played.subject, provable=len(provable))
    verdict.counts.update(record["State"] for record in _records(book, "Results"))
    for record in _records(book, "Participants"):
        _judge_one(verdict, played, record, person_of[record["Platform identity"]], provable)
    return verdict


def _judge_one(verdict: Verdict, played: Played, record: dict, person: dict, provable: set[str]) -> None:
    identity = record["Platform identity"]
    certain = record["Kind"] == "certain"
    verdict.counts[record["Kind"]] += 1
    if certain and not _is_right(played, record, person):
        verdict.wrong.append(identity)
    if identity in provable:
        verdict.decided += certain
        if not certain:
            verdict.open_cases.append(identity)


def _is_right(played: Played, record: dict, person: dict) -> bool:
    """Tell whether the row of the list, or the registration, is that of the person who really came."""
    line = int(record["Row of the list"] or 0)
    if line:
        return played.key_of_line.get(line) == person["key"]
    return record["Registration"] != "" and str(record["Registration"]) == str(person["enroll_id"])


def _provable(person_of: dict[str, dict], rows: list[dict], listed: set[str]) -> set[str]:
    """Give the identities for which some key names one listed person only, with both credentials at hand."""
    found = set()
    for name, keys in _keys(person_of, rows).items():
        for holders in keys.values():
            owners = {person_of[identity]["key"] for identity in holders}
            person = person_of[next(iter(holders))]
            known = person["key"] in listed or person["kind"] == "registrant"
            if len(owners) == 1 and known and _names(name, person):
                found |= holders
    return found


def _keys(person_of: dict[str, dict], rows: list[dict]) -> dict[str, dict[str, set[str]]]:
    """Give, for each kind of key, who in the meeting carries which value."""
    keys: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in ("tag", "enroll_id", "userid")}
    for row in rows:
        identity = row["ms_open_id"]
        _note(keys["tag"], row.get("customer_data"), identity)
        _note(keys["userid"], row.get("userid"), identity)
        _note(keys["enroll_id"], person_of[identity].get("enroll_id"), identity)
    return keys


def _note(values: dict[str, set[str]], value: Any, identity: str) -> None:
    if value:
        values[str(value)].add(identity)


def _names(key: str, person: dict) -> bool:
    """Tell whether a key of this kind leads to the person's row at all: staff ids only where the list has them."""
    return key != "userid" or bool(person.get("userid"))


def _records(book: CalamineWorkbook, sheet: str) -> list[dict]:
    heading, *rows = book.get_sheet_by_name(sheet).to_python()
    return [dict(zip(heading, row, strict=False)) for row in rows]
