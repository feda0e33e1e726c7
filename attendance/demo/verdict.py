"""Holds what the portal says of a meeting against what really happened there."""

import base64
import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineWorkbook

from attendance.demo.platform import Platform
from attendance.demo.story import Played

KEYS = ("tag", "enroll_id", "userid", "phone_hash", "caller")
# What a row of somebody who dialled in carries (identity file 9.1).
DIALLED, TELEPHONE = 0, 0
# What stands between the names of two people before one device.
TOGETHER = "&"

STATES = ("Attended", "Partly", "Absent", "Undecided")


@dataclass
class Verdict:
    """One line of the demo's table; `wrong` and `open_cases` name identities, for looking closer."""

    subject: str
    address: str
    came: int
    states: Counter = field(default_factory=Counter)
    tiers: Counter = field(default_factory=Counter)
    provable: int = 0
    decided: int = 0
    wrong: list[str] = field(default_factory=list)
    open_cases: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether the results speak of everybody who came."""
        return self.tiers.total() == self.came

    @property
    def holds(self) -> bool:
        """Nothing wrong, and everything that can be proved of one person is decided."""
        return not self.wrong and self.decided == self.provable

    @property
    def figures(self) -> list[int]:
        """Expected, its four parts, walk-ins and what is to review."""
        parts = [self.states[state.lower()] for state in STATES]
        return [sum(parts), *parts, self.tiers["walk-in"], self.tiers["to review"] + self.tiers["conflict"]]


def judge(played: Played, platform: Platform, book: CalamineWorkbook, secret_id: str) -> Verdict:
    """Compare the exported workbook with the sandbox's truth, person by person."""
    truth = platform.get(f"truth/{played.meeting_id}")["people"]
    rows = platform.get(f"rows/{played.meeting_id}")
    person_of = {identity: person for person in truth for identity in person["ms_open_ids"]}
    together = {row["ms_open_id"] for row in rows if _says_two(row)}
    provable = _provable(person_of, rows, played, secret_id) - together
    verdict = Verdict(played.subject, played.address, came=len(person_of), provable=len(provable))
    verdict.states.update(record["State"] for record in _records(book, "Results"))
    # One line a candidate, the likeliest first: it is the one that was decided for.
    first = {record["Platform identity"]: record for record in reversed(_records(book, "Evidence"))}
    for identity, record in first.items():
        if person := person_of.get(identity):
            _judge_one(verdict, played, record, person, provable)
    # One participant is never given to two people: whoever says to be two is a human's to decide.
    verdict.wrong += [identity for identity in sorted(together & first.keys()) if first[identity]["Kind"] == "certain"]
    return verdict


def _says_two(row: dict) -> bool:
    """Tell whether a participant row shows the names of two people."""
    shown = base64.b64decode(row["user_name"]).decode("utf-8", "replace")
    return len(set(shown.split(TOGETHER))) > 1


def _judge_one(verdict: Verdict, played: Played, record: dict, person: dict, provable: set[str]) -> None:
    identity = record["Platform identity"]
    certain = record["Kind"] == "certain"
    verdict.tiers[record["Kind"]] += 1
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


def _provable(person_of: dict[str, dict], rows: list[dict], played: Played, secret_id: str) -> set[str]:
    """Give the identities for which some key names one listed person only, with both credentials at hand."""
    found = set()
    for name, values in _keys(person_of, rows, played.scene.webinar).items():
        for value, holders in values.items():
            owners = {person_of[identity]["key"] for identity in holders}
            person = person_of[next(iter(holders))]
            # A registrant the platform turned away for want of room is nobody's expected person.
            registered = person["kind"] == "registrant" and person["enroll_id"]
            phone = person["phone"] if registered else played.phone_of.get(person["key"], "")
            known = person["key"] in played.phone_of or registered
            if len(owners) == 1 and known and _leads(name, value, person, phone, secret_id):
                found |= holders
    return found


def _keys(person_of: dict[str, dict], rows: list[dict], webinar: bool) -> dict[str, dict[str, set[str]]]:
    """Give, for each kind of key, who in the meeting carries which value."""
    keys: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in KEYS}
    for row in rows:
        identity = row["ms_open_id"]
        _note(keys["tag"], row.get("customer_data"), identity)
        _note(keys["userid"], row.get("userid"), identity)
        dialled = (row["instanceid"], row["join_type"]) == (TELEPHONE, DIALLED)
        # What the hash of a telephone row is made of is not known.
        phone = person_of[identity]["calls_from"] if dialled else row.get("phone")
        _note(keys["caller" if dialled else "phone_hash"], phone, identity)
        # Registrations of callers are found in webinars only (seed 000; identity file 4).
        if webinar or not dialled:
            _note(keys["enroll_id"], person_of[identity].get("enroll_id"), identity)
    # A hash or a number on several identities names nobody: an empty number, a switchboard.
    for name in ("caller", "phone_hash"):
        keys[name] = {value: holders for value, holders in keys[name].items() if len(holders) == 1}
    return keys


def _leads(key: str, value: str, person: dict, phone: str, secret_id: str) -> bool:
    """Tell whether a value leads to the person's row: the list must hold what it is compared with."""
    if key == "phone_hash":
        listed = hashlib.sha256(f"{phone}/{secret_id}".encode()).hexdigest()
        return bool(phone) and listed.upper() == value.upper()
    if key == "caller":
        return value == phone
    return key != "userid" or bool(person.get("userid"))


def _note(values: dict[str, set[str]], value: Any, identity: str) -> None:
    if value:
        values[str(value)].add(identity)


def _records(book: CalamineWorkbook, sheet: str) -> list[dict]:
    heading, *rows = book.get_sheet_by_name(sheet).to_python()
    return [dict(zip(heading, row, strict=False)) for row in rows]
