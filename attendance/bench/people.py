"""Draws people as a list of a Chinese organiser has them: names, employers, titles, phones; all are invented.

The shares of surnames follow the national name report of 2020, those of given names its order of characters, so a
list has about as many namesakes as a real one of its size.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from attendance.bench import words

# Numbers that begin with 169 belong to nobody.
FIRST_PHONE = 16_900_000_000
PHONES = 100_000_000
# One employer for about so many people; a handful of them employs very many.
PEOPLE_A_COMPANY = 10


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it stands on a list; `kind` is han, minority, abroad or hongkong."""

    text: str
    surname: str
    given: str
    kind: str = "han"


@dataclass(frozen=True, slots=True)
class Company:
    """An employer: its legal name, its place, what people call it."""

    full: str
    place: str
    short: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody: all that a list may know."""

    name: Name
    company: Company
    title: tuple[str, ...]
    phone: str


class Table:
    """Values with weights, drawn at random."""

    def __init__(self, values: Sequence[str], weights: Sequence[float]) -> None:
        """Take values with their weights."""
        self.values, self._sums = values, list(accumulate(weights))

    def draw(self, random: Random) -> str:
        """Draw one value."""
        return random.choices(self.values, cum_weights=self._sums)[0]


_SURNAMES, _GIVEN = words.rows("surnames.tsv"), words.rows("given.tsv")
SURNAME_PINYIN = {row[0]: row[1] for row in _SURNAMES}
GIVEN_PINYIN = {row[0]: row[1] for row in _GIVEN}
TRADITIONAL = {row[0]: row[2] for row in [*_SURNAMES, *_GIVEN] if row[2] and len(row[0]) == 1}
GIVEN = [row[0] for row in _GIVEN]
_surnames = Table([row[0] for row in _SURNAMES], [float(row[3]) for row in _SURNAMES])
_first, _last, _alone = (Table(GIVEN, [float(row[at]) for row in _GIVEN]) for at in (3, 4, 5))


def _alike() -> dict[str, list[str]]:
    by_sound: dict[str, list[str]] = defaultdict(list)
    for character, sound in GIVEN_PINYIN.items():
        by_sound[sound].append(character)
    return {each: [other for other in same if other != each] for same in by_sound.values() for each in same}


HOMOPHONES = _alike()


class Population:
    """Where people come from: everybody drawn has a phone of their own, companies are shared."""

    def __init__(self, random: Random, size: int) -> None:
        """Found the companies a population of this size works for."""
        self._random, self._next = random, random.randrange(PHONES)
        known = [Company(full, place, tuple(short.split("|"))) for full, place, short in words.rows("companies.tsv")]
        count = max(12, size // PEOPLE_A_COMPANY)
        companies = (known + [self._found() for _ in range(count)])[:count]
        self.companies = companies
        # The largest employ hundreds, most only a few.
        self._sums = list(accumulate(1 / (at + 5) for at in range(count)))

    def draw(self) -> Person:
        """Draw somebody."""
        random = self._random
        company = random.choices(self.companies, cum_weights=self._sums)[0]
        return Person(self.name(), company, random.choice(words.TITLES), self.phone())

    def draw_stranger(self) -> Person:
        """Draw somebody on no list: sometimes of a known employer, more often of another."""
        known = self.draw()
        if self._random.random() < 0.35:
            return known
        return Person(known.name, self._found(), known.title, known.phone)

    def phone(self) -> str:
        """Give a mobile number nobody had before."""
        # A step without a factor of 10 goes through all numbers once.
        self._next = (self._next + 61_803_399) % PHONES
        return str(FIRST_PHONE + self._next)

    def name(self) -> Name:
        """Draw a name."""
        random, dice = self._random, self._random.random()
        if dice < 0.008:
            return _minority(random)
        if dice < 0.013:
            return _abroad(random)
        if dice < 0.018:
            return _hongkong(random)
        surname = _surnames.draw(random)
        given = _given(random)
        return Name(surname + given, surname, given)

    def _found(self) -> Company:
        random = self._random
        place = random.choice(words.PLACES)
        if random.random() < 0.12:
            full, short = random.choice(words.HOSPITALS)
            return Company(f"{place}市{full}", place, (f"{place}{short}", short, f"{place}{full}"))
        brand = random.choice(words.BRANDS_FIRST) + random.choice(words.BRANDS_LAST)
        brand += random.choice(words.BRANDS_LAST) if random.random() < 0.25 else ""
        trade, end, short = random.choice(words.TRADES)
        return Company(f"{place}{brand}{trade}{end}", place, (brand, brand + short, place + brand, brand + trade))


def _given(random: Random) -> str:
    dice = random.random()
    if dice < 0.15:
        return _alone.draw(random)
    if dice < 0.18:
        return random.choice(words.WELL_LOVED)
    if dice < 0.19:
        return _last.draw(random) * 2
    return _first.draw(random) + _last.draw(random)


def _minority(random: Random) -> Name:
    if random.random() < 0.3:
        name = "".join(random.sample(words.TIBETAN, 2))
        return Name(name, "", name, "minority")
    first, last = random.sample(words.UYGHUR, 2)
    return Name(f"{first}·{last}", last, first, "minority")


def _abroad(random: Random) -> Name:
    given, surname = random.choice(words.GIVEN_ABROAD), random.choice(words.SURNAMES_ABROAD)
    return Name(f"{given} {surname}", surname, given, "abroad")


def _hongkong(random: Random) -> Name:
    surname = random.choice(list(words.SURNAMES_HK))
    given = "".join(random.sample(list(words.GIVEN_HK), 2))
    if random.random() < 0.5:
        return Name(surname + given, surname, given, "hongkong")
    latin = f"{words.SURNAMES_HK[surname]} {words.GIVEN_HK[given[0]]} {words.GIVEN_HK[given[1]]}"
    return Name(latin, surname, given, "hongkong")
