"""Enrolment (报名) of meetings and webinars: form, registrants, approval, import, and who is who."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from operator import attrgetter
from typing import Any

from portal.tencent import enrolment_form as form
from portal.tencent import wire
from portal.tencent.client import Client, segment
from portal.tencent.guests import Kind
from portal.tencent.paging import numbered
from portal.tencent.transport import filled

# 64011 says 300, the SDK 50.
APPROVALS_PAGE = 50
# No limit is documented for decisions and removals.
DECISIONS_AT_ONCE = 100
IMPORTS_AT_ONCE = 1000
IDS_AT_ONCE = 500

# 71935: which one counts when an account holds several registrations.
PHONE_IMPORTED_FIRST, SELF_MADE_FIRST = 1, 2


class State(IntEnum):
    """Where a registration stands; ALL is for asking only. Source: 64011."""

    ALL = 0
    PENDING = 1
    REJECTED = 2
    APPROVED = 3


class Action(IntEnum):
    """What to do with registrations. Source: 64010."""

    WITHDRAW = 1
    REJECT = 2
    APPROVE = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What a registrant answered to one question."""

    question_num: int | None
    question_title: str
    special_type: int | None
    answer_content: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Registrant:
    """One registration; an imported one keeps its phone only in the nickname, if at all."""

    enroll_id: int
    status: int | None
    enroll_time: datetime | None
    enroll_source_type: int | None
    nick_name: str = field(repr=False)
    userid: str
    open_id: str
    ms_open_id: str
    enroll_code: str = field(repr=False)
    answers: tuple[Answer, ...] = field(repr=False)

    def answer(self, special_type: int) -> str:
        """Return the answer to a special question, or ""."""
        told = (each.answer_content for each in self.answers if each.special_type == special_type)
        return next((content[0] for content in told if content), "")


@dataclass(frozen=True, slots=True)
class ImportRow:
    """Somebody to enrol: by open id (OAuth only), else by userid, else by area and phone."""

    open_id: str = ""
    userid: str = ""
    area: str = ""
    phone_number: str = field(default="", repr=False)
    nick_name: str = field(default="", repr=False)

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """The keys the row can be recognised by, the platform's favourite first."""
        phone = ("phone", self.area, self.phone_number) if self.phone_number else ()
        held = (("open_id", self.open_id), ("userid", self.userid), phone)
        return tuple(key for key in held if key and key[-1])


@dataclass(frozen=True, slots=True)
class ImportedRow(ImportRow):
    """Somebody the platform enrolled."""

    enroll_id: int = 0
    enroll_code: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ImportAnswer:
    """What became of an import: rows in neither list were dropped silently, which `unanswered` finds."""

    total_count: int
    rows: tuple[ImportedRow, ...]
    user_non_registered: tuple[str, ...]

    def unanswered(self, sent: Iterable[ImportRow]) -> tuple[ImportRow, ...]:
        """Return the rows that were sent and neither enrolled nor reported."""
        known = {key for row in self.rows for key in row.keys}
        known |= {("userid", userid) for userid in self.user_non_registered}
        return tuple(row for row in sent if not known.intersection(row.keys))


def read_config(client: Client, meeting_id: str, *, kind: Kind) -> form.EnrolmentConfig:
    """Return the form and its rules, without the push types.

    Source: 64009. Shape: one object. Raises: Refused (enrolment off), NotAllowed, NotThere, TryAgain.
    """
    row = client.get(_path(kind, meeting_id, "config"), _asking(client), call="enrolment.read_config")
    # Read as it stands, an answer without a word would be a form without questions, to be written over.
    return form.read_config(filled(row, call="enrolment.read_config"))


def write_config(client: Client, meeting_id: str, *, kind: Kind, config: form.EnrolmentConfig) -> int:
    """Set the form and its rules and return how many questions it has; None leaves alone. May be repeated.

    Source: 64007. Units: the deadline is an aware datetime to come.
    Raises: Refused (enrolment off, bad parameter), NotAllowed, NotThere, TryAgain.
    """
    body = _asking(client) | form.config_body(config)
    answer = client.put(_path(kind, meeting_id, "config"), body=body, call="enrolment.write_config")
    return wire.number(answer, "question_count") or 0


def approvals(
    client: Client, meeting_id: str, *, kind: Kind, status: int = State.ALL
) -> Iterator[Registrant]:
    """Yield the registrants in a state, each once.

    Source: 64011, 62022. Shape: pages of 50; the list is missing when empty. Units: local times become UTC.
    Raises: StuckCursor, Refused (enrolment off), NotAllowed, NotThere, TryAgain.
    """
    found = numbered(
        client,
        _path(kind, meeting_id, "approvals"),
        _asking(client) | {"status": int(status)},
        key="enroll_list",
        size=APPROVALS_PAGE,
        read=_registrant,
        call="enrolment.approvals",
        same=attrgetter("enroll_id"),
    )
    return filter(attrgetter("enroll_id"), found)


def decide(client: Client, meeting_id: str, *, kind: Kind, enroll_ids: Sequence[int], action: Action) -> int:
    """Approve, reject or withdraw registrations and return how many were handled. May be repeated.

    Source: 64010, 62023. Shape: 100 a call. Raises: NotThere (an unknown id), Refused, NotAllowed, TryAgain.
    """
    handled = 0
    for piece in wire.chunks(enroll_ids, DECISIONS_AT_ONCE):
        body = _asking(client) | {"action": int(action), "enroll_id_list": list(piece)}
        answer = client.put(_path(kind, meeting_id, "approvals"), body=body, call="enrolment.decide")
        handled += wire.number(answer, "handled_count") or 0
    return handled


def import_rows(client: Client, meeting_id: str, *, kind: Kind, rows: Sequence[ImportRow]) -> ImportAnswer:
    """Enrol up to 1,000 people in one call and return what became of each. Never repeated.

    Source: 67898, 67920. Shape: rows come back by key, in no order; some vanish without a word.
    Raises: ValueError over 1,000, AnswerLost (look in approvals), Refused, NotAllowed, NotThere, TryAgain.
    """
    if len(rows) > IMPORTS_AT_ONCE:
        raise ValueError(f"an import takes at most {IMPORTS_AT_ONCE} rows")
    body = _asking(client) | {"enroll_list": [_import_body(row) for row in rows]}
    answer = client.post(_path(kind, meeting_id, "import"), body=body, call="enrolment.import_rows")
    told = (wire.read(ImportedRow, row) for row in wire.rows(answer, "enroll_list"))
    # Without its id an enrolment is of no use: such a row counts as dropped.
    enrolled = tuple(row for row in told if row.enroll_id)
    total = wire.number(answer, "total_count")
    return ImportAnswer(
        len(enrolled) if total is None else total, enrolled, wire.texts(answer, "user_non_registered")
    )


def unregister(client: Client, meeting_id: str, *, kind: Kind, enroll_ids: Sequence[int]) -> int:
    """Remove registrations and return how many went. May be repeated.

    Source: 67899, 67921. Shape: DELETE with a body, 100 a call.
    Raises: Refused, NotAllowed, NotThere, TryAgain.
    """
    gone = 0
    for piece in wire.chunks(enroll_ids, DECISIONS_AT_ONCE):
        # 67899 wants objects where 64010 wants numbers.
        body = _asking(client) | {"enroll_id_list": [{"enroll_id": enroll_id} for enroll_id in piece]}
        answer = client.delete(
            _path(kind, meeting_id, "unregistration"), body=body, call="enrolment.unregister"
        )
        gone += wire.number(answer, "total_count") or 0
    return gone


def ids(
    client: Client, meeting_id: str, *, kind: Kind, ms_open_ids: Iterable[str], prefer_imported: bool = True
) -> dict[str, int]:
    """Return the enrolment id of each person who has one, by `ms_open_id`.

    Source: 71935, 71938. Shape: 500 a call; who is not registered is left out.
    Raises: Refused (enrolment off), NotAllowed, NotThere, TryAgain.
    """
    found: dict[str, int] = {}
    order = {"sorting_rules": PHONE_IMPORTED_FIRST if prefer_imported else SELF_MADE_FIRST}
    for piece in wire.chunks(list(dict.fromkeys(ms_open_ids)), IDS_AT_ONCE):
        body = _asking(client) | order | {"ms_open_id_list": list(piece)}
        path = _path(kind, meeting_id, "ids")
        answer = client.post(path, body=body, repeatable=True, call="enrolment.ids")
        for row in wire.rows(answer, "enroll_id_list"):
            person, enroll_id = wire.text(row, "ms_open_id", "ms_openid"), wire.number(row, "enroll_id")
            if person and enroll_id:
                found[person] = enroll_id
    return found


def _path(kind: Kind, meeting_id: str, what: str) -> str:
    return f"/v1/{kind}/{segment(meeting_id)}/enroll/{what}"


def _asking(client: Client) -> dict[str, Any]:
    return client.operator | {"instanceid": 1}


def _registrant(row: wire.Row) -> Registrant:
    return wire.read(
        Registrant,
        row,
        # Old answers spell both ids without the underscore.
        open_id=wire.text(row, "open_id", "openid"),
        ms_open_id=wire.text(row, "ms_open_id", "ms_openid"),
        answers=tuple(wire.read(Answer, each) for each in wire.rows(row, "answer_list")),
    )


def _import_body(row: ImportRow) -> dict[str, str]:
    return {key: value for key, value in wire.body(row).items() if value}
