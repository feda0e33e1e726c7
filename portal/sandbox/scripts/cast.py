"""The people of a scenario before they come, and the deck that deals them their habits."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from portal.sandbox.actors import BadScript
from portal.sandbox.invented import LISTED_BLOCK, OTHER_BLOCK, Name, phone_of

MOST_PEOPLE = 5_000
WALK_IN_PHONES, OTHER_PHONES = 6_000, 7_500

# How somebody is known to the platform when they come.
ACCOUNT, PHONE, OTHER_PHONE, ANONYMOUS, CALLER = "account", "phone", "other phone", "anonymous", "caller"


@dataclass(slots=True)
class Person:
    """Somebody of a scenario: what the organiser knows, and how they behave."""

    key: str
    kind: str
    name: Name
    way: str = PHONE
    pattern: str = "full"
    look: str = "plain"
    phone: str = ""
    own_phone: str = ""
    email: str = ""
    company: str = ""
    title: str = ""
    userid: str = ""
    code: str = ""
    registers: bool = False
    borrows: str = ""
    number: str = ""
    hash_as: str | None = None
    former: bool = False
    companion: Name | None = None

    def listed(self) -> dict[str, str]:
        """Return the row of the organiser's list."""
        return {
            "key": self.key, "name": self.name.han, "phone": self.phone, "email": self.email,
            "company": self.company, "title": self.title, "userid": self.userid, "code": self.code,
        }

    def details(self) -> dict[str, str]:
        """Return what the person would write into an enrolment form."""
        return {
            "name": self.name.han, "phone": self.phone or self.own_phone, "email": self.email,
            "company": self.company,
        }


@dataclass(slots=True)
class Cast:
    """All people of one scenario; `expected` is the list, in its order."""

    scenario: int
    title: str
    webinar: bool
    expected: list[Person] = field(default_factory=list)
    registrants: list[Person] = field(default_factory=list)
    others: list[Person] = field(default_factory=list)

    def everybody(self) -> list[Person]:
        """Return all people who may come."""
        return [*self.expected, *self.registrants, *self.others]

    def described(self) -> dict[str, Any]:
        """Return what an organiser knows beforehand."""
        return {
            "scenario": self.scenario, "title": self.title, "webinar": self.webinar,
            "expected": [person.listed() for person in self.expected],
            "self_registrants": sum(person.registers for person in self.everybody()),
        }


def deal(rng: Random, shares: dict[str, int], count: int) -> list[str]:
    """Return `count` habits by their shares, each at least once where there are enough people."""
    names = sorted(shares, key=lambda name: -shares[name])
    # The commonest first: a small cast gets the ordinary habits before the rare ones.
    dealt = names[:count]
    dealt += rng.choices(names, [shares[name] for name in names], k=count - len(dealt))
    rng.shuffle(dealt)
    return dealt


def check_size(people: int) -> None:
    """Raise BadScript unless a scenario can have so many people."""
    if not 1 <= people <= MOST_PEOPLE:
        raise BadScript(f"people must be between 1 and {MOST_PEOPLE}")


def listed_phone(number: int) -> str:
    """Return the phone of a person by their place among all who have one on the list."""
    return phone_of(LISTED_BLOCK, number)


def other_phone(number: int) -> str:
    """Return a phone that is on no list, for people who come with another account."""
    return phone_of(OTHER_BLOCK, OTHER_PHONES + number)


def walk_in_phone(number: int) -> str:
    """Return the phone of a walk-in."""
    return phone_of(OTHER_BLOCK, WALK_IN_PHONES + number)
