"""Approved registrants are expected people: keep the list in step with the registrations, nobody twice."""

import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from meetings import work
from meetings.lists import standing
from meetings.models import ExpectedPerson, Meeting, Registrant
from meetings.typed import Typed
from portal import phones
from portal.jobs.models import Job

Status, Import = Registrant.Status, ExpectedPerson.Import
IMPORT = "meetings.import_people"
# What a person made of a registration has from it.
TOLD = ("name", "phone", "phone_index", "phone_tail", "company", "email", "userid", "code")


def follow(meeting: Meeting, before: Mapping[str, int], *, now: datetime) -> None:
    """Bring the expected people in step after registrations changed; `before` is each one's status until now.

    An approved registrant becomes a person or joins the one they already are, on whichever list; one who cancelled or
    was refused leaves, unless a list or another registration still expects them. A person whom the organiser took off
    the list stays off while the registration stands unchanged. Call it in the transaction that writes the registrations.
    """
    registrants = list(meeting.registrants.all())
    roll = Roll(meeting, registrants, now)
    for registrant in registrants:
        risen = before.get(registrant.enroll_id) != Status.APPROVED
        if registrant.status == Status.APPROVED and (risen or roll.is_unknown(registrant)):
            roll.expect(registrant)
    for registrant in registrants:
        fallen = before.get(registrant.enroll_id) == Status.APPROVED
        if registrant.status != Status.APPROVED and fallen and registrant.person_id:
            roll.release(registrant)
    roll.write()
    standing.settle(meeting, roll.touched, now=now)
    work.list_changed(meeting)


def is_stand_in(person: ExpectedPerson, registrant: Registrant) -> bool:
    """Say whether a person was made of a registration that did not tell a name yet, and now tells more."""
    told = registrant.name or phones.mask(registrant.phone)
    masked = bool(person.phone_tail) and person.name.endswith(f"****{person.phone_tail}")
    unnamed = masked or person.name == registrant.enroll_id
    return person.source == ExpectedPerson.Source.REGISTRANT and unnamed and told not in ("", person.name)


class Roll:
    """The people of one meeting by everything a registrant may be recognised by."""

    def __init__(self, meeting: Meeting, registrants: list[Registrant], now: datetime) -> None:
        self.meeting = meeting
        self.now = now
        self.registrants = registrants
        self.status = {each.enroll_id: each.status for each in registrants}
        self.by_enrolment: dict[str, ExpectedPerson] = {}
        self.by_phone: dict[str, ExpectedPerson] = {}
        self.by_userid: dict[str, ExpectedPerson] = {}
        # Opening what is sealed takes longer than all the rest, and nothing of it is needed.
        people = list(meeting.people.defer("phone", "more_phones", "enroll_code"))
        self.by_pk = {person.pk: person for person in people}
        # Present people last: they win over those who were taken off the list.
        for person in sorted(people, key=lambda each: each.removed_at is None):
            self._index(person)
        present = [person for person in people if person.removed_at is None]
        names = Counter(person.name for person in present)
        free = [person for person in present if names[person.name] == 1 and not person.enroll_id]
        self.by_name = {person.name: person for person in free}
        self.typed = Typed(present, registrants)
        self.importing = Job.objects.about(work.subject_of(meeting)).open().filter(task=IMPORT).exists()
        self.fresh: list[ExpectedPerson] = []
        self.completed: list[ExpectedPerson] = []
        self.joined: list[Registrant] = []
        self.touched: dict[int, ExpectedPerson] = {}

    def is_unknown(self, registrant: Registrant) -> bool:
        """Say whether it is not known yet, or not by name, who a registrant is."""
        held = self._held(registrant)
        return held is None or is_stand_in(held, registrant)

    def expect(self, registrant: Registrant) -> None:
        """Join a registrant to their person, making one where there is none."""
        former = self._held(registrant)
        person = self._find(registrant)
        if person is None and self._is_half_imported(registrant):
            return
        person = person or self._make(registrant)
        if former and former.pk != person.pk:
            self._replace(former)
        elif is_stand_in(person, registrant):
            self._fill(person, registrant)
            self.completed.append(person)
        if person.removed_at and not _is_ours(registrant, person):
            person.removed_at, person.source = None, ExpectedPerson.Source.REGISTRANT
        if self.status.get(person.enroll_id) != Status.APPROVED:
            person.enroll_id = registrant.enroll_id
        person.ms_open_id = person.ms_open_id or registrant.ms_open_id
        registrant.person = person
        self._index(person)
        self._touch(registrant, person)

    def release(self, registrant: Registrant) -> None:
        """Let go of somebody whose registration no longer stands."""
        person = registrant.person = self.by_pk[registrant.person_id]
        mine = [each for each in self.registrants if each.person_id == person.pk and each.status == Status.APPROVED]
        listed = person.source != ExpectedPerson.Source.REGISTRANT
        if mine:
            person.enroll_id = mine[0].enroll_id
        elif listed and registrant.status == Status.CANCELLED and person.enroll_id == registrant.enroll_id:
            # Off the platform's list but still on ours: they may be imported again.
            renewed = person.imported == Import.STALE
            person.enroll_id, person.imported = "", Import.WANTED if renewed else Import.NOT_YET
        self._touch(registrant, person)

    def write(self) -> None:
        """Write people first, then who they are joined to."""
        ExpectedPerson.objects.bulk_create(self.fresh)
        fields = ["enroll_id", "ms_open_id", "removed_at", "source", "imported"]
        ExpectedPerson.objects.bulk_update(self.touched.values(), fields, batch_size=200)
        ExpectedPerson.objects.bulk_update(self.completed, TOLD, batch_size=200)
        for registrant in self.joined:
            # The person got its key only now.
            registrant.person = registrant.person
        Registrant.objects.bulk_update(self.joined, ["person"], batch_size=200)

    def _held(self, registrant: Registrant) -> ExpectedPerson | None:
        return self.by_pk[registrant.person_id] if registrant.person_id else None

    def _find(self, registrant: Registrant) -> ExpectedPerson | None:
        held = self._held(registrant)
        if held and not is_stand_in(held, registrant):
            return held
        keys = (
            (self.by_enrolment, registrant.enroll_id),
            (self.by_phone, registrant.phone_index),
            (self.by_userid, registrant.userid),
            # The platform gives no phone back for what was imported; the nickname is the name we sent.
            (self.by_name, registrant.name if registrant.source == Registrant.Source.IMPORTED else ""),
        )
        found = (people[key] for people, key in keys if key and key in people)
        person = next((person for person in found if person is not held), None)
        return person or self.typed.person(registrant) or held

    def _is_half_imported(self, registrant: Registrant) -> bool:
        """Say whether an import is just about to write down whose registration this is."""
        return self.importing and registrant.source == Registrant.Source.IMPORTED

    def _make(self, registrant: Registrant) -> ExpectedPerson:
        person = ExpectedPerson(
            meeting=self.meeting,
            source=ExpectedPerson.Source.REGISTRANT,
            enroll_id=registrant.enroll_id,
            tag=secrets.token_hex(10),
        )
        self._fill(person, registrant)
        self.fresh.append(person)
        return person

    def _fill(self, person: ExpectedPerson, registrant: Registrant) -> None:
        """Put what a registration tells on the person that was made of it."""
        person.name = registrant.name or phones.mask(registrant.phone) or registrant.enroll_id
        person.phone, person.phone_tail = registrant.phone, registrant.phone[-4:]
        person.phone_index = registrant.phone_index
        person.company, person.email, person.userid = registrant.company, registrant.email, registrant.userid
        # A list that comes later knows them by it.
        person.code = self.typed.code(registrant) or person.code

    def _replace(self, stand_in: ExpectedPerson) -> None:
        """Let somebody go who turned out to be another person of the list; at once, for the other takes their keys."""
        stand_in.removed_at = self.now
        ExpectedPerson.objects.filter(pk=stand_in.pk).update(removed_at=self.now)

    def _index(self, person: ExpectedPerson) -> None:
        for people, key in (
            (self.by_enrolment, person.enroll_id),
            (self.by_phone, person.phone_index),
            (self.by_userid, person.userid),
        ):
            if key:
                people[key] = person

    def _touch(self, registrant: Registrant, person: ExpectedPerson) -> None:
        self.joined.append(registrant)
        if person.pk:
            self.touched[person.pk] = person


def _is_ours(registrant: Registrant, person: ExpectedPerson) -> bool:
    """Say whether we imported it ourselves: it brings nobody back whom the organiser took off since."""
    imported = person.imported in (Import.DONE, Import.STALE)
    return imported and registrant.source == Registrant.Source.IMPORTED
