"""The five scenarios: who is on the list, who registers, who just turns up."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from portal.sandbox.actors import BadScript
from portal.sandbox.invented import COMPANIES, SURNAMES, TITLES, Name, invent_names
from portal.sandbox.scripts import habits, looks
from portal.sandbox.scripts.cast import (
    ACCOUNT,
    ANONYMOUS,
    CALLER,
    OTHER_PHONE,
    PHONE,
    Cast,
    Person,
    check_size,
    deal,
    listed_phone,
    other_phone,
    walk_in_phone,
)
from portal.sandbox.world import Enterprise, User, World

FREE_WECOM = "free-wecom"
WALK_INS = 0.06
STAFF_WAYS = {ACCOUNT: 92, ANONYMOUS: 4, "former": 2}
OUTSIDE_WAYS = {PHONE: 82, OTHER_PHONE: 6, ANONYMOUS: 6, "shared hash": 6}
TELEPHONE_WAYS = OUTSIDE_WAYS | {CALLER: 16}
# Among the outsiders of a list these two places look alike, and those two bear one name.
LOOK_ALIKE, TWIN = (1, 2), (3, 4)


def cast_of(scenario: int, people: int, seed: int, world: World, enterprise: Enterprise) -> Cast:
    """Return the cast of a scenario; the same arguments give the same people."""
    check_size(people)
    if scenario not in _BUILDERS:
        raise BadScript("there are scenarios 1 to 5")
    rng = Random(f"{scenario}:{people}:{seed}")
    cast = _BUILDERS[scenario](people, rng, world, enterprise)
    _give_habits(cast, rng)
    _give_ways(cast, rng)
    _give_looks(cast, rng)
    return cast


def _internal(people: int, rng: Random, world: World, enterprise: Enterprise) -> Cast:
    extra = max(1, int(people * WALK_INS))
    staff = _staff(world, enterprise, people + extra)
    cast = Cast(1, "内部绩效会议", False)
    members = [_member(f"s1-{number:04d}", "expected", user) for number, user in enumerate(staff)]
    cast.expected = members[:people]
    cast.others = [replace(person, kind="staff") for person in members[people:]]
    return cast


def _marketing(people: int, rng: Random, world: World, enterprise: Enterprise) -> Cast:
    cast = Cast(2, "公开营销会议", True)
    names = invent_names(rng, people + _walk_ins(people))
    cast.registrants = [
        replace(_outsider(f"s2-{number:04d}", "registrant", name, number, rng), registers=True)
        for number, name in enumerate(names[:people])
    ]
    _add_walk_ins(cast, names[people:], "s2")
    return cast


def _insurance(people: int, rng: Random, world: World, enterprise: Enterprise) -> Cast:
    cast = Cast(3, "保险产品介绍会", False)
    inside = _staff(world, enterprise, max(1, int(people * 0.4)))
    outside, selves = people - len(inside), max(2, people // 4)
    names = invent_names(rng, outside + selves + _walk_ins(people))
    cast.expected = [_member(f"s3-{number:04d}", "expected", user) for number, user in enumerate(inside)]
    cast.expected += _outsiders("s3-x", names[:outside], rng)
    cast.registrants = [
        replace(_outsider(f"s3-r{number:03d}", "registrant", name, outside + number, rng), registers=True)
        for number, name in enumerate(names[outside : outside + selves])
    ]
    # Two who were imported also fill in the form themselves: one account, two registrations.
    for person in cast.expected[len(inside) :][:2]:
        person.registers = True
    _add_walk_ins(cast, names[outside + selves :], "s3")
    return cast


def _roadshow(people: int, rng: Random, world: World, enterprise: Enterprise) -> Cast:
    cast = Cast(4, "券商路演", False)
    inside = _staff(world, enterprise, people // 10)
    outside = people - len(inside)
    names = invent_names(rng, outside + _walk_ins(people))
    cast.expected = _outsiders("s4", names[:outside], rng)
    cast.expected += [
        replace(_member(f"s4-m{number:03d}", "expected", user), phone=user.phone)
        for number, user in enumerate(inside)
    ]
    _add_walk_ins(cast, names[outside:], "s4")
    return cast


def _coded(people: int, rng: Random, world: World, enterprise: Enterprise) -> Cast:
    cast = Cast(5, "招聘与医疗会议", False)
    names = invent_names(rng, people + _walk_ins(people))
    known = [_outsider(f"s5-{number:04d}", "expected", name, number, rng)
             for number, name in enumerate(names[:people])]
    cast.expected = [
        replace(person, phone="", own_phone=person.phone, email="", company="", title="",
                code=f"C{1000 + number}")
        for number, person in enumerate(known)
    ]
    _double(cast.expected)
    _add_walk_ins(cast, names[people:], "s5")
    # A forwarded link: the walk-in comes with the link of somebody on the list.
    if cast.others:
        cast.others[0].borrows = cast.expected[0].key
    return cast


_BUILDERS: dict[int, Callable[[int, Random, World, Enterprise], Cast]] = {
    1: _internal, 2: _marketing, 3: _insurance, 4: _roadshow, 5: _coded,
}


def _staff(world: World, enterprise: Enterprise, count: int) -> list[User]:
    try:
        return world.staff_of(enterprise, count)
    except ValueError as error:
        raise BadScript(str(error)) from error


def _walk_ins(people: int) -> int:
    return max(2, int(people * WALK_INS))


def _member(key: str, kind: str, user: User) -> Person:
    cut = 2 if user.name[:2] in SURNAMES else 1
    name = Name(user.name[:cut], user.name[cut:])
    return Person(key, kind, name, ACCOUNT, userid=user.userid, title=user.title, own_phone=user.phone)


def _outsider(key: str, kind: str, name: Name, number: int, rng: Random) -> Person:
    phone = listed_phone(number)
    return Person(
        key, kind, name, phone=phone, own_phone=phone, company=rng.choice(COMPANIES),
        title=rng.choice(TITLES), email=f"{name.surname_pinyin}.{name.given_pinyin}{number}@example.com",
    )


def _outsiders(prefix: str, names: list[Name], rng: Random) -> list[Person]:
    people = [
        _outsider(f"{prefix}-{number:04d}", "expected", name, number, rng)
        for number, name in enumerate(names)
    ]
    _double(people)
    return people


def _double(people: list[Person]) -> None:
    """Make two people of a list bear one name, and two bear names that look alike."""
    if len(people) <= TWIN[1]:
        return
    people[TWIN[1]].name = people[TWIN[0]].name
    model = people[LOOK_ALIKE[0]].name
    given = f"子{model.given}" if len(model.given) == 1 else model.given[-1]
    people[LOOK_ALIKE[1]].name = Name(model.surname, given)


def _add_walk_ins(cast: Cast, names: list[Name], prefix: str) -> None:
    for number, name in enumerate(names):
        phone = walk_in_phone(number)
        cast.others.append(Person(f"{prefix}-w{number:03d}", "walk_in", name, own_phone=phone))
    # The trap: a stranger who bears the name of somebody on the list.
    if len(cast.others) > 1 and cast.expected:
        cast.others[1].name = cast.expected[-1].name


def _give_looks(cast: Cast, rng: Random) -> None:
    """Deal the displayed names; callers have none of their own."""
    for members in _groups([person for person in cast.everybody() if person.way != CALLER]):
        shares = looks.STAFF if members[0].userid else looks.OUTSIDERS
        for person, look in zip(members, deal(rng, shares, len(members)), strict=True):
            person.look = look
            if look == "two people":
                person.companion = rng.choice(members).name


def _give_habits(cast: Cast, rng: Random) -> None:
    invited = [*cast.expected, *cast.registrants]
    for person, habit in zip(invited, deal(rng, habits.SHARES, len(invited)), strict=True):
        person.pattern = habit
    present = {name: share for name, share in habits.SHARES.items() if name != "absent"}
    for person, habit in zip(cast.others, deal(rng, present, len(cast.others)), strict=True):
        person.pattern = habit
    for person in cast.everybody():
        lent = any(other.borrows == person.key for other in cast.others)
        person.pattern = "full" if lent else person.pattern


def _give_ways(cast: Cast, rng: Random) -> None:
    """Deal how people are known to the platform."""
    outside = TELEPHONE_WAYS if cast.scenario == 4 else OUTSIDE_WAYS
    dealt: list[tuple[Person, str]] = []
    for members in _groups(cast.everybody()):
        shares = STAFF_WAYS if members[0].userid else outside
        dealt += zip(members, deal(rng, shares, len(members)), strict=True)
    for number, (person, way) in enumerate(dealt):
        _give_way(person, way, number)
    callers = [person for person, _ in dealt if person.way == CALLER and person.pattern != "absent"]
    # A switchboard: two people of the list come over one number.
    if len(callers) > 1:
        callers[1].number = callers[0].number


def _groups(people: list[Person]) -> list[list[Person]]:
    """Return staff and outsiders, who come and who do not, each apart: so every habit is seen by somebody."""
    groups: dict[tuple[bool, bool], list[Person]] = {}
    for person in people:
        groups.setdefault((bool(person.userid), person.pattern == "absent"), []).append(person)
    return list(groups.values())


def _give_way(person: Person, way: str, number: int) -> None:
    if way == CALLER and person.pattern in habits.ATTACHED:
        # A screen or a telephone attached to the client needs somebody who came with the client.
        way = PHONE
    person.way = PHONE if way == "shared hash" else ACCOUNT if way == "former" else way
    person.former = way == "former"
    if way == "shared hash":
        person.hash_as = FREE_WECOM
    if way == OTHER_PHONE:
        person.own_phone = other_phone(number % 1_400)
    if way == CALLER:
        person.number = person.own_phone
