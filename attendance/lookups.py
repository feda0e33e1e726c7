"""Asks the platform who the participants are: registrations, colleagues, telephone callers. Each is asked once."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db import transaction

from attendance.inputs import number
from attendance.models import Participant
from meetings.credentials import client_of
from meetings.models import ExpectedPerson, Meeting, Occurrence
from meetings.plan import kind_of
from portal.accounts.credentials import NoCredential, client_for
from portal.crypto import index_hash
from portal.tencent import directory, enrolment, pstn
from portal.tencent.errors import GrantGone, NotAllowed, NotThere, Refused

log = logging.getLogger(__name__)
T = TypeVar("T")

AT_ONCE = 500
# Twenty numbers a call and 300 calls a minute: beyond this many the look-up would live off one meeting for minutes.
MOST_NUMBERS = 4000
REGISTRATIONS, COLLEAGUES, CALLERS = "enroll_id", "userid", "pstn"

Beat = Callable[[], None]


def look_up(occurrence: Occurrence, beat: Beat) -> list[str]:
    """Ask for whatever is not known yet; gives what the results must do without, in the words of `attendance.words`.

    Repeatable: answers are stored piece by piece and never asked for again. `beat` is called between calls.
    Raises: TryAgain.
    """
    without = []
    asked = {REGISTRATIONS: _registrations, COLLEAGUES: _colleagues, CALLERS: _callers}
    for key, ask in asked.items():
        try:
            ask(occurrence, beat)
        except (NoCredential, NotAllowed, NotThere, GrantGone, Refused) as refusal:
            log.info("occurrence %s is matched without %s: %s", occurrence.pk, key, refusal)
            # What was refused may be allowed next time; what needs a credential waits for that.
            without.append(key if isinstance(refusal, NoCredential) else f"{key}_refused")
    return without


def _registrations(occurrence: Occurrence, beat: Beat) -> None:
    """Store the enrolment id of everybody who registered (71935), 500 a call."""
    unknown = occurrence.participants.filter(enroll_looked_up=False, whole=None).order_by("pk")
    if not occurrence.meeting.enrolment or not unknown.exists():
        return
    client = client_of(occurrence.meeting, "enrolment.ids")
    for piece in _pieces(list(unknown.only("ms_open_id")), AT_ONCE):
        whos = [participant.ms_open_id for participant in piece]
        meeting_id = occurrence.meeting.meeting_id
        found = enrolment.ids(client, meeting_id, kind=kind_of(occurrence.meeting), ms_open_ids=whos)
        for participant in piece:
            participant.enroll_id = str(found.get(participant.ms_open_id, ""))
            participant.enroll_looked_up = True
        Participant.objects.bulk_update(piece, ["enroll_id", "enroll_looked_up"])
        beat()


def _colleagues(occurrence: Occurrence, beat: Beat) -> None:
    """Store the userid of those who authorised the app (82247), where the list knows people by userid."""
    unknown = occurrence.participants.filter(userid="", userid_looked_up=False).exclude(open_id="").order_by("pk")
    listed = ExpectedPerson.objects.present().filter(meeting=occurrence.meeting_id).exclude(userid="")
    if not unknown.exists() or not listed.exists():
        return
    organisation, owner = occurrence.meeting.organisation, occurrence.meeting.owner
    client = client_for("directory.open_ids_to_userids", organisation=organisation, operator=owner)
    for piece in _pieces(list(unknown.only("open_id")), AT_ONCE):
        open_ids = [participant.open_id for participant in piece]
        found = directory.open_ids_to_userids(client, sdk_id=organisation.sdk_id, open_ids=open_ids)
        for participant in piece:
            participant.userid = found.get(participant.open_id, "")
            participant.userid_looked_up = True
        Participant.objects.bulk_update(piece, ["userid", "userid_looked_up"])
        beat()


def _callers(occurrence: Occurrence, beat: Beat) -> None:
    """Store which numbers of the list each telephone caller had (80578); asked again only of a changed list.

    Webinars are left out: there callers are known by their registration.
    """
    callers = occurrence.participants.filter(pstn=True, whole=None)
    if occurrence.meeting.is_webinar or not callers.exists():
        return
    listed = ExpectedPerson.objects.present().filter(meeting=occurrence.meeting_id).exclude(phone_index="")
    numbers = list(listed.order_by("phone_index").values_list("phone_index", "phone")[:MOST_NUMBERS])
    state = index_hash("callers", ",".join(index for index, _ in numbers))
    if not numbers or not callers.exclude(callers_asked=state).exists():
        return
    found = _ask_numbers(occurrence.meeting, numbers, beat)
    with transaction.atomic():
        for caller in callers:
            caller.phone_indexes, caller.callers_asked = sorted(found.get(caller.ms_open_id, ())), state
            caller.save(update_fields=["phone_indexes", "callers_asked"])


def _ask_numbers(meeting: Meeting, numbers: list[tuple[str, str]], beat: Beat) -> dict[str, set[str]]:
    """Give the keyed hashes of the numbers that each caller had."""
    client = client_of(meeting, "pstn.ms_open_ids")
    found: dict[str, set[str]] = {}
    for piece in _pieces(numbers, pstn.PHONES_AT_ONCE):
        phones = {pstn.Phone(phone.area, phone.national): index for index, plain in piece if (phone := number(plain))}
        for phone, whos in pstn.ms_open_ids(client, meeting.meeting_id, phones=phones).items():
            for who in whos if phone in phones else ():
                found.setdefault(who, set()).add(phones[phone])
        beat()
    return found


def _pieces(items: Sequence[T], size: int) -> Iterator[list[T]]:
    source: Iterable[T] = iter(items)
    while piece := list(islice(source, size)):
        yield piece
