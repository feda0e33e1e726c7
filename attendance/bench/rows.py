"""Puts a room into the database: its list, its visits as if they had been pulled, and what look-ups gave."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from django.db import transaction

from attendance import models
from attendance.bench import rooms
from attendance.bench.rooms import Room, Row
from meetings.models import ExpectedPerson, Meeting, Occurrence
from portal.accounts.models import Organisation, User
from portal.crypto import index_hash
from portal.phones import read

AT_ONCE = 1000
# Results are matched long after everybody left, and before anything is final.
AFTER = timedelta(seconds=120)


def seed(room: Room) -> Occurrence:
    """Write a room; gives the meeting's occurrence, which is over."""
    with transaction.atomic():
        occurrence = _occurrence(room.secret_id)
        people = [_person(occurrence.meeting, *each) for each in _distinct(room.rows)]
        ExpectedPerson.objects.bulk_create(people, AT_ONCE)
        models.Visit.objects.bulk_create(_visits(occurrence, room), AT_ONCE)
        models.Participant.objects.bulk_create(_asked(occurrence, room), AT_ONCE)
    return occurrence


def _occurrence(secret_id: str) -> Occurrence:
    organisation = Organisation.objects.create(
        name="bench", sdk_id="1", open_corp_id="bench", former_secret_ids=secret_id
    )
    start, end = (datetime.fromtimestamp(each, UTC) for each in (rooms.START, rooms.END))
    owner, times = User.objects.create(username="bench"), {"start_at": start, "end_at": end}
    meeting = Meeting.objects.create(organisation=organisation, owner=owner, subject="bench", **times)
    state = Occurrence.State.SETTLING
    return Occurrence.objects.create(meeting=meeting, state=state, started_at=start, ended_at=end + AFTER, **times)


def _distinct(rows: list[Row]) -> Iterator[tuple[int, Row, str, str]]:
    """Give each row with its phone and enrolment, unless a row above has them: a list has each but once."""
    phone, enrolment = _once(lambda row: row.phone), _once(lambda row: row.enroll_id)
    for at, row in enumerate(rows, 1):
        yield at, row, phone(row), enrolment(row)


def _once(value_of: Callable[[Row], str]) -> Callable[[Row], str]:
    seen: set[str] = set()

    def give(row: Row) -> str:
        value = value_of(row)
        if value in seen:
            return ""
        seen.add(value)
        return value

    return give


def _person(meeting: Meeting, at: int, row: Row, plain: str, enroll_id: str) -> ExpectedPerson:
    phone = read(plain)[0].e164 if plain else ""
    return ExpectedPerson(
        meeting=meeting, row=at, name=row.name, phone=phone, phone_index=index_hash("phone", phone),
        phone_tail=plain[-4:], email=row.email, company=row.company, title=row.title, userid=row.userid,
        tag=row.tag[:40] or secrets.token_hex(8), enroll_id=enroll_id,
    )  # fmt: skip


def _visits(occurrence: Occurrence, room: Room) -> list[models.Visit]:
    equal: dict[tuple[object, ...], int] = {}
    found = []
    for one in room.visits:
        key = (one.ms_open_id, one.instanceid, one.join_type, one.join_time)
        equal[key] = equal.get(key, -1) + 1
        found.append(models.Visit(
            occurrence=occurrence, ordinal=equal[key], ms_open_id=one.ms_open_id, instanceid=one.instanceid,
            join_type=one.join_type, join_time=one.join_time, left_time=one.left_time, user_name=one.user_name,
            userid=one.userid, phone_hash=one.phone, customer_data=one.customer_data, user_role=one.user_role,
            is_enterprise_user=one.is_enterprise_user,
        ))  # fmt: skip
    return found


def _asked(occurrence: Occurrence, room: Room) -> list[models.Participant]:
    """Give the participants the platform was asked about before, with its answers."""
    called = {who: index_hash("phone", read(plain)[0].e164) for who, row in room.callers.items()
              if (plain := room.rows[row].phone)}  # fmt: skip
    return [
        models.Participant(
            occurrence=occurrence, ms_open_id=who, enroll_id=room.enrolments.get(who, ""), enroll_looked_up=True,
            phone_indexes=[called[who]] if who in called else [],
        )
        for who in dict.fromkeys([*room.enrolments, *called])
    ]  # fmt: skip
