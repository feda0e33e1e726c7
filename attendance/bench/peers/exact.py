"""Exact look-ups: the platform's keys alone, and with them names that are the same once taken out of what is shown."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain

from attendance.bench.answers import CERTAIN, NONE, Answer, Participant, participants, unique
from attendance.bench.rooms import Room, phone_hash

NOBODY = Answer(NONE, None, 0.0)
_BREAK = re.compile(r"[^\w·]+|_")
_HAN = re.compile(r"[\u4e00-\u9fff·]{2,}")
_TITLE = re.compile(r"(总|经理|老师|博士|教授|主任|医生|律师|先生|女士|总监|院长)$")


def keys(room: Room) -> list[Answer]:
    """Decide by keys that stand on one row of the list, nothing else."""
    return by_keys(room, participants(room))


def names(room: Room) -> list[Answer]:
    """Decide by keys first, then by names that stand on one row."""
    came = participants(room)
    rows = unique((folded(row.name), at) for at, row in enumerate(room.rows))
    rest = (next((rows[name] for name in said(one) if name in rows), None) for one in came)
    return [key if key.row is not None else by_name(at) for key, at in zip(by_keys(room, came), rest, strict=True)]


def by_name(at: int | None, score: float = 1.0) -> Answer:
    """Give the answer for the row of a name, None for nobody."""
    return NOBODY if at is None else Answer(CERTAIN, at, score, "name")


def by_keys(room: Room, came: list[Participant]) -> list[Answer]:
    """Look up the keys of product.md section 1 in their order; a hash only where one participant has it."""
    rows, secret = list(enumerate(room.rows)), room.secret_id
    tags, enrolled = unique((row.tag, at) for at, row in rows), unique((row.enroll_id, at) for at, row in rows)
    staff, phones = unique((row.userid, at) for at, row in rows), unique((row.phone, at) for at, row in rows)
    once = unique((one.phone, at) for at, one in enumerate(came))
    hashes = {phone_hash(phone, secret): at for phone, at in phones.items()} if once else {}
    found = []
    for one in came:
        looked = chain(
            (("tag", tags.get(tag)) for tag in one.tags),
            (("enroll_id", enrolled.get(room.enrolments.get(one.who, ""))), ("userid", staff.get(one.userid))),
            (("pstn", room.callers.get(one.who)), ("app_phone", phones.get(room.app_phones.get(one.who, "")))),
            (("phone_hash", hashes.get(one.phone) if one.phone in once else None),),
        )
        found.append(next((Answer(CERTAIN, at, 2.0, key) for key, at in looked if at is not None), NOBODY))
    return found


def said(one: Participant) -> Iterable[str]:
    """Take possible names out of what a participant shows: all of it, its parts, runs of Han without titles."""
    for shown in one.names:
        text = folded(shown)
        yield text
        for part in _BREAK.split(unicodedata.normalize("NFKC", shown)):
            yield folded(part)
            for run in _HAN.findall(part):
                yield run
                yield _TITLE.sub("", run)


def folded(text: str) -> str:
    """Fold width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())
