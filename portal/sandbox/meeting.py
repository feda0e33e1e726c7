"""Meetings and webinars as the platform keeps them: bookings, holdings, people seen and their visits."""

import hashlib
import sys
from dataclasses import dataclass, field
from typing import Any

from portal.sandbox.room import Room
from portal.sandbox.visits import Identity, Visit
from portal.sandbox.world import User

DAY = 86_400
BEIJING = 8 * 3_600
MOST_GUEST_EDITS = 10
RECYCLED_AFTER = 30 * DAY


@dataclass(slots=True)
class Enrolment:
    """One registration; `person` is the private key of a self-registrant."""

    enroll_id: int
    status: int
    made_at: int
    source: int
    nick_name: str
    code: str
    userid: str = ""
    open_id: str = ""
    area: str = ""
    phone: str = ""
    person: str = ""
    answers: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class EnrolRules:
    """The enrolment configuration of a meeting."""

    approve_type: int = 1
    is_collect_question: int = 1
    question_list: list[dict[str, Any]] = field(default_factory=list)
    no_registration_needed_for_staff: bool = False
    enroll_number: int = 2_000
    enroll_deadline: str = ""
    enroll_push_type: list[int] = field(default_factory=list)
    display_number_of_participants: int = 1
    enroll_description: str = ""
    cover_image: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Link:
    """An exclusive link."""

    url: str
    customer_data: str
    is_guest: int = 2
    joins_at_once: int = 1


@dataclass(slots=True)
class Holding:
    """What happened at one occurrence: visits, and the private truth about people."""

    visits: list[Visit] = field(default_factory=list)
    started: int | None = None
    ended: int | None = None
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    dismissed: bool = False
    first_join: int = sys.maxsize
    last_join: int = 0

    def record(self, visits: list[Visit]) -> None:
        """Add visits at the end; a cursor into the list stays true."""
        self.visits.extend(visits)
        for visit in visits:
            self.first_join = min(self.first_join, visit.join)
            self.last_join = max(self.last_join, visit.join)

    def inside(self) -> list[Visit]:
        """Return the visits that have not ended."""
        return [visit for visit in self.visits if visit.left is None]


@dataclass(slots=True)
class Occurrence:
    """One planned date of a recurring meeting; a deleted one stays in the list."""

    sub_meeting_id: str
    start: int
    end: int
    deleted: bool = False


@dataclass(slots=True, eq=False)
class Meeting:
    """A meeting or webinar with everything that hangs on it."""

    meeting_id: str
    code: str
    webinar: bool
    creator: User
    origin: str
    subject: str
    start: int
    end: int
    join_url: str
    updated_ms: int
    instant: bool = False
    password: str = ""
    time_zone: str = "Asia/Shanghai"
    settings: dict[str, Any] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)
    hosts: list[str] = field(default_factory=list)
    invitees: list[str] = field(default_factory=list)
    guests: list[dict[str, Any]] = field(default_factory=list)
    guest_edits: dict[int, int] = field(default_factory=dict)
    enrol_on: bool = False
    enrol: EnrolRules = field(default_factory=EnrolRules)
    enrolments: dict[int, Enrolment] = field(default_factory=dict)
    imported_rows: int = 0
    links: list[Link] = field(default_factory=list)
    rule: dict[str, Any] | None = None
    occurrences: list[Occurrence] = field(default_factory=list)
    holdings: dict[str, Holding] = field(default_factory=dict)
    identities: dict[str, Identity] = field(default_factory=dict)
    room: Room = field(default_factory=Room)
    tools: dict[str, Any] = field(default_factory=dict)
    cancelled: bool = False
    recycled: bool = False

    @property
    def recurring(self) -> bool:
        """Tell whether the meeting is a series."""
        return self.rule is not None

    @property
    def last_end(self) -> int:
        """Return the scheduled end of the last occurrence."""
        return max((each.end for each in self.alive()), default=self.end)

    @property
    def guests_listed(self) -> bool:
        """Tell whether the meeting still shows in its guests' own lists: the eleventh edit of a day ends that."""
        return all(count <= MOST_GUEST_EDITS for count in self.guest_edits.values())

    def edit_guests(self, guests: list[dict[str, Any]], now: int) -> None:
        """Replace the guests; an account of nobody's enterprise has none, and is not told so."""
        day = (now + BEIJING) // DAY
        self.guest_edits[day] = self.guest_edits.get(day, 0) + 1
        self.guests = guests if self.creator.enterprise else []

    @property
    def last_start(self) -> int:
        """Return the scheduled start of the last occurrence."""
        return max((each.start for each in self.alive()), default=self.start)

    def alive(self) -> list[Occurrence]:
        """Return the occurrences that were not cancelled."""
        return [each for each in self.occurrences if not each.deleted]

    def occurrence(self, sub_meeting_id: str) -> Occurrence | None:
        """Return one occurrence by its id."""
        return next((each for each in self.occurrences if each.sub_meeting_id == sub_meeting_id), None)

    def coming(self, now: int) -> list[Occurrence]:
        """Return the occurrences from the running or next one on."""
        return [each for each in self.alive() if each.end > now]

    def current(self, now: int) -> Occurrence | None:
        """Return the running or next occurrence, else the last one."""
        return next(iter(self.coming(now)), self.alive()[-1] if self.alive() else None)

    def next_start(self, now: int) -> int:
        """Return when the meeting starts, for a series its running or next occurrence."""
        current = self.current(now)
        return current.start if current else self.start

    def booked(self, sub_meeting_id: str) -> tuple[int, int]:
        """Return scheduled start and end of an occurrence, or of the meeting."""
        found = self.occurrence(sub_meeting_id)
        return (found.start, found.end) if found else (self.start, self.end)

    def holding(self, sub_meeting_id: str) -> Holding:
        """Return the holding of an occurrence; a single meeting has one under the empty id."""
        return self.holdings.setdefault(sub_meeting_id if self.recurring else "", Holding())

    def inside(self) -> list[Visit]:
        """Return everybody who is in the meeting now."""
        return [visit for holding in self.holdings.values() for visit in holding.inside()]

    def visit_count(self) -> int:
        """Return the number of visits of all occurrences."""
        return sum(len(holding.visits) for holding in self.holdings.values())

    def dismissed(self) -> bool:
        """Tell whether a single meeting was actively ended."""
        return not self.recurring and any(holding.dismissed for holding in self.holdings.values())

    def status(self, now: int) -> str:
        """Return the state in the platform's words."""
        if self.cancelled:
            return "MEETING_STATE_CANCELLED"
        if self.recycled or now > self.last_start + RECYCLED_AFTER:
            return "MEETING_STATE_RECYCLED"
        if self.inside():
            return "MEETING_STATE_STARTED"
        if now <= self.last_end:
            return "MEETING_STATE_INIT"
        # A webinar is recycled as soon as its end has passed and nobody is inside.
        return "MEETING_STATE_RECYCLED" if self.webinar else "MEETING_STATE_NULL"

    def identify(self, key: str, name: str, **known: Any) -> Identity:
        """Return the identity of a person in this meeting; devices share it, a telephone has its own."""
        number = known.get("pstn_number", "")
        # The meeting is part of the text: one person has another id in every meeting.
        digest = hashlib.sha256(f"{self.meeting_id}|{key}|{number}".encode()).hexdigest()
        ms_open_id = "WM" + digest[:30]
        found = self.identities.get(ms_open_id)
        if found is None:
            found = self.identities[ms_open_id] = Identity(key, ms_open_id, name, **known)
        return found

    def account(self, user: User) -> Identity:
        """Return the identity that an account of the platform has here."""
        return self.identify(account_key(user), user.name, user=user, phone=user.phone)


def account_key(user: User) -> str:
    """Return the private key of a person who is only known by their account."""
    return f"account:{user.open_id}"
