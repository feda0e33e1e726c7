"""Rooms with truth by construction: a list, who came and how they showed themselves, and who each of them is.

Made from the rules (product.md sections 1 and 3) and from how people join meetings, not from what a matcher can do.
Pure and seeded: the same scene, size and seed give the same room in every process.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random

from attendance.bench import scenes, shown, stays
from attendance.bench.people import Person, Population

# 2026-11-30 15:00 in Shanghai, for two hours.
START = 1_796_022_000
END = START + 7200
FIRST_ENROLMENT = 13_339_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list, as the offline door reads it."""

    enroll_id: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    company: str = ""
    title: str = ""
    tag: str = ""
    userid: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One participant row of the platform (document 42701), as far as matching and presence need it."""

    ms_open_id: str
    user_name: str
    join_time: int
    left_time: int
    instanceid: int = 1
    join_type: int = 1
    user_role: int = 0
    userid: str = ""
    phone: str = ""
    customer_data: str = ""
    is_enterprise_user: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """Who a participant is: any of `rows` (a person may stand on the list twice), nobody where empty.

    `shared` means that two people sit before one device: both are among `rows`, and neither alone is right;
    `style` is how they show themselves; `says` whether a whole name or a working key of their own reaches the platform.
    """

    rows: tuple[int, ...]
    shared: bool = False
    style: str = ""
    says: bool = True


@dataclass(slots=True)
class Room:
    """A list, the visits, what look-ups gave, and the truth of both participants and persons.

    `enrolments` gives enrolment ids by ms_open_id, `callers` list rows of telephone look-ups, `app_phones` phones
    given in the in-meeting app; `seconds` is how long each listed person was there.
    """

    scene: str
    secret_id: str
    rows: list[Row] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    enrolments: dict[str, str] = field(default_factory=dict)
    callers: dict[str, int] = field(default_factory=dict)
    app_phones: dict[str, str] = field(default_factory=dict)
    truth: dict[str, Truth] = field(default_factory=dict)
    seconds: dict[int, int] = field(default_factory=dict)


def make(scene: str, visits: int, seed: int, walk_ins: float = 0.12, rows: int = 0) -> Room:
    """Make a room of about so many visits; the list has so many rows, or what the scene says."""
    random = Random(f"{scene}/{visits}/{seed}/{walk_ins}/{rows}")
    making = _Making(random, scene, rows or int(visits * scenes.SCENES[scene].list_per_visit))
    making.host()
    while len(making.room.visits) < visits and making.waiting:
        if random.random() < walk_ins:
            making.stranger()
        else:
            making.listed(making.waiting.pop())
    making.room.visits.sort(key=lambda visit: (visit.join_time, visit.ms_open_id))
    return making.room


def phone_hash(phone: str, secret_id: str) -> str:
    """Give the hash of a phone as the platform does (8.4); of no phone it is the same for everybody."""
    return hashlib.sha256(f"{phone}/{secret_id}".encode()).hexdigest().upper()


@dataclass(slots=True)
class _Comer:
    """Somebody who comes: who they are, the truth of them, and the keys they carry."""

    person: Person
    rows: tuple[int, ...] = ()
    row: Row = Row()
    other: Person | None = None
    caller: bool = False


class _Making:
    """A room on its way."""

    def __init__(self, random: Random, scene: str, rows: int) -> None:
        self.random, self.scene = random, scenes.SCENES[scene]
        self.room = Room(scene, f"AKID{random.randrange(10**12):012}")
        self.population = Population(random, rows)
        self.people = [self.population.draw() for _ in range(rows)]
        # One way of writing tags a room: an organiser's own text, or the Base64 the platform asks for.
        self.encoded = random.random() < 0.5
        self.room.rows = self._list()
        self.twins = self._list_twice()
        second = set(self.twins.values())
        self.waiting = [at for at in range(rows) if at not in second]
        random.shuffle(self.waiting)
        self.tagged = [at for at, row in enumerate(self.room.rows) if row.tag]
        self.enrolled = [at for at, row in enumerate(self.room.rows) if row.enroll_id]
        self.desks = [phone_hash(self.population.phone(), self.room.secret_id) for _ in range(max(1, rows // 400))]
        self.void = phone_hash("", self.room.secret_id)

    # The list

    def _list(self) -> list[Row]:
        links, rows = self.scene.most_links, []
        for at, person in enumerate(self.people):
            row = self._row(at, person, may_link=links > 0)
            links -= bool(row.tag)
            rows.append(row)
        return rows

    def _row(self, at: int, person: Person, *, may_link: bool) -> Row:
        random, scene = self.random, self.scene
        staff = random.random() < scene.staff
        linked = not staff and may_link and random.random() < scene.links
        enrolled = not staff and random.random() < scene.enrolled
        phone = person.phone if random.random() < scene.phones else ""
        if phone and random.random() < scenes.CHANGED_PHONE:
            phone = self.population.phone()
        return Row(
            enroll_id=str(FIRST_ENROLMENT + 7 * at) if enrolled else "", name=self._written(person), phone=phone,
            email=f"u{at}@example.cn" if random.random() < 0.4 else "", company="本公司" if staff else self._employer(person),
            title=person.title[0] if random.random() < 0.8 else "", tag=self._tag(at) if linked else "",
            userid=f"staff{at:06}" if staff else "",
        )  # fmt: skip

    def _written(self, person: Person) -> str:
        """Write a name as lists do: short ones often stretched to the width of three characters."""
        text, dice = person.name.text, self.random.random()
        if len(text) == 2 and dice < 0.04:
            return f"{text[0]}　{text[1]}"
        return f"{text} " if dice > 0.995 else text

    def _employer(self, person: Person) -> str:
        dice = self.random.random()
        if dice < 0.08:
            return ""
        return self.random.choice(person.company.short) if dice < 0.3 else person.company.full

    def _tag(self, at: int) -> str:
        token = f"{self.random.getrandbits(48):012x}"
        told = json.dumps({"ver": "1.0", "userData": token})
        return base64.b64encode(told.encode()).decode() if self.encoded else token

    def _list_twice(self) -> dict[int, int]:
        """Let a few people stand on the list a second time, written differently and without their keys."""
        pairs = {}
        chosen = self.random.sample(range(len(self.people)), 2 * int(len(self.people) * scenes.TWICE_LISTED))
        for first, second in zip(chosen[::2], chosen[1::2], strict=True):
            self.people[second] = self.people[first]
            row = self.room.rows[first]
            self.room.rows[second] = replace(row, company=self._employer(self.people[first]), email="", enroll_id="",
                                             tag="", userid="")  # fmt: skip
            pairs[first] = second
        return pairs

    # Those who come

    def host(self) -> None:
        """Let the host, who is on no list, open the meeting."""
        person, who = self.population.draw(), self._identity()
        self.room.truth[who] = Truth(())
        self.room.visits.append(Visit(who, person.name.text, START - 900, END + 120, user_role=3, userid="host",
                                      is_enterprise_user=True))  # fmt: skip

    def listed(self, at: int) -> None:
        """Let a listed person come, on one device or more."""
        random, row = self.random, self.room.rows[at]
        rows = (at, self.twins[at]) if at in self.twins else (at,)
        comer = _Comer(self.people[at], rows, row, caller=not row.userid and random.random() < self.scene.callers)
        keyless = not (row.userid or row.tag or row.enroll_id)
        if keyless and not comer.caller and len(self.waiting) and random.random() < scenes.TWO_BEFORE_ONE:
            beside = self.waiting.pop()
            comer.rows, comer.other = (*rows, beside), self.people[beside]
        there = stays.draw(random, START, END)
        if not comer.other:
            self.room.seconds[at] = stays.seconds(there, START, END)
        self._come(comer, there)
        if not comer.caller and random.random() < scenes.SECOND_IDENTITY:
            bare = replace(row, userid="", enroll_id="", tag=row.tag if random.random() < 0.3 else "")
            self._come(_Comer(comer.person, comer.rows, bare, comer.other), stays.within(random, there))

    def stranger(self) -> None:
        """Let somebody come who is on no list: a colleague of the organiser or of a guest, or anybody."""
        random = self.random
        staff = self.scene.staff > 0 and random.random() < 0.3
        row = Row(userid=f"other{len(self.room.truth):06}" if staff else "")
        if not staff and self.scene.enrolled and random.random() < 0.15:
            # Registered after the list was made.
            row = Row(enroll_id=str(FIRST_ENROLMENT + 7 * (len(self.people) + len(self.room.truth))))
        self._come(_Comer(self.population.draw_stranger(), row=row), stays.draw(random, START, END))

    def _come(self, comer: _Comer, there: list[stays.Stay]) -> None:
        who, random = self._identity(), self.random
        styles = shown.STAFF if comer.row.userid else shown.CALLERS if comer.caller else shown.OUTSIDE
        name, style = shown.show(random, comer.person, styles)
        if comer.other:
            name, style = shown.two_people(random, comer.person, comer.other), shown.two_people
        visit, keyed = self._keys(who, comer)
        visit = replace(visit, user_name=name)
        self.room.visits += stays.rows(random, visit, there, self._second_name(comer, styles))
        says = keyed or style not in shown.NAMELESS
        self.room.truth[who] = Truth(comer.rows, comer.other is not None and not keyed, style.__name__, says)

    def _second_name(self, comer: _Comer, styles: Mapping) -> str:
        """Give the name somebody changes to when they come again, mostly none."""
        if comer.other or self.random.random() >= scenes.RENAMED:
            return ""
        return shown.show(self.random, comer.person, styles)[0]

    def _keys(self, who: str, comer: _Comer) -> tuple[Visit, bool]:
        """Give a visit with the keys of a comer, and whether one of them is theirs alone and reaches the platform."""
        random, row = self.random, comer.row
        userid = "" if random.random() < scenes.LOST_USERID else row.userid
        tag, enrolled = self._link(row), self._enrolment(who, row)
        phone, proved = self._phone(comer)
        called = bool(comer.rows) and comer.caller and random.random() < 0.5
        if called:
            self.room.callers[who] = comer.rows[0]
        if not comer.caller and random.random() < self.scene.in_app:
            self.room.app_phones[who] = comer.person.phone
        given = self.room.app_phones.get(who) == row.phone != ""
        # Staff who are logged in, and those who left (42701).
        own = bool(row.userid) and (bool(userid) or random.random() < 0.5)
        visit = Visit(who, "", 0, 0, random.choice((1, 1, 1, 2, 3, 3, 4, 4, 5, 6, 8)), userid=userid, phone=phone,
                      customer_data=tag, is_enterprise_user=own)  # fmt: skip
        if comer.caller:
            visit = replace(visit, instanceid=0, join_type=0, customer_data="")
        mine = bool(userid or (row.tag and tag == row.tag) or enrolled or proved or called or given)
        return visit, bool(comer.rows) and mine

    def _link(self, row: Row) -> str:
        if row.tag:
            return row.tag if self.random.random() < 0.95 else ""
        if not row.userid and self.random.random() < scenes.FORWARDED * len(self.tagged) / len(self.people):
            return self.room.rows[self.random.choice(self.tagged)].tag
        return ""

    def _enrolment(self, who: str, row: Row) -> bool:
        random = self.random
        if not (row.userid or row.enroll_id) and random.random() < scenes.UNDER_ANOTHER * len(self.enrolled) / len(self.people):
            self.room.enrolments[who] = self.room.rows[random.choice(self.enrolled)].enroll_id
            return False
        if row.enroll_id and random.random() >= scenes.LOST_ENROLMENT:
            self.room.enrolments[who] = row.enroll_id
            return True
        return False

    def _phone(self, comer: _Comer) -> tuple[str, bool]:
        """Give the phone hash of a comer, and whether it is that of the list row."""
        random = self.random
        if not self.scene.verified:
            return self.void, False
        if random.random() < scenes.SHARED_HASH:
            return random.choice(self.desks), False
        if random.random() < self.scene.verified:
            return phone_hash(comer.person.phone, self.room.secret_id), comer.person.phone == comer.row.phone
        return (self.void if random.random() < 0.7 else ""), False

    def _identity(self) -> str:
        return base64.b64encode(self.random.randbytes(15)).decode()
