"""Displayed names: how people who are somebody show themselves in a meeting, with all the mess of that.

Each style is a function of chance and person. `NAMELESS` are the styles that do not give a whole name away.
"""

from collections.abc import Callable, Mapping
from random import Random

from attendance.bench import words
from attendance.bench.people import (
    GIVEN,
    GIVEN_PINYIN,
    HOMOPHONES,
    SURNAME_PINYIN,
    TRADITIONAL,
    Name,
    Person,
    Table,
)

Style = Callable[[Random, Person], str]
DOTS = ("·", "•", "．", ".", "-", " ", "", "・")
_WIDE = {ord(narrow): ord(narrow) + 0xFEE0 for narrow in map(chr, range(0x21, 0x7F))} | {0x20: 0x3000}


def plain(random: Random, person: Person) -> str:
    """The name as it stands, or as its bearers write it where they have several ways."""
    name = person.name
    if name.kind == "minority" and "·" in name.text:
        return name.text.replace("·", random.choice(DOTS)) if random.random() < 0.6 else name.text
    if name.kind == "abroad":
        return random.choice((name.text, name.text, name.text.upper(), name.text.lower(), f"{name.surname}, {name.given}",
                              f"{name.surname} {name.given}"))  # fmt: skip
    return latin_hongkong(random, name) if name.kind == "hongkong" else name.text


def messy(random: Random, person: Person) -> str:
    """The name with spaces, full width, marks and invisible characters where none belong."""
    text = plain(random, person)
    ways = (f" {text} ", " ".join(text) if len(text) < 5 else text, f"{text[:1]}　{text[1:]}", f"{text}.", f"《{text}》",
            f"_{text}_", f"{text}\u200b", f"{text}~", f"【{text}】", f"({text})", f"{text}-1", f"1{text}", f"{text}2",
            text.translate(_WIDE))  # fmt: skip
    return random.choice(ways)


def traditional(random: Random, person: Person) -> str:
    """The name in traditional characters."""
    return "".join(TRADITIONAL.get(each, each) for each in person.name.text)


def pinyin(random: Random, person: Person) -> str:
    """The name in Latin letters, in one of the orders and spellings people use."""
    name = person.name
    if name.kind != "han":
        return plain(random, person)
    family = SURNAME_PINYIN[name.surname]
    syllables = [_syllable(random, each) for each in name.given]
    family, *syllables = (_umlaut(random, each) for each in (family, *syllables))
    given = "".join(syllables)
    parted = "".join(each.title() for each in syllables)
    ways = (f"{family.title()} {given.title()}",) * 4 + (
        f"{given.title()} {family.title()}", f"{given.title()} {family.title()}", f"{family.upper()} {given.title()}",
        f"{family}{given}", f"{family} {given}", f"{family.title()}{given.title()}", " ".join([family, *syllables]),
        f"{given.title()}, {family.title()}", f"{family.title()} {'-'.join(syllables).title()}",
        f"{family.upper()}{given.upper()}", f"{given}.{family}", f"{parted} {family.upper()}",
    )  # fmt: skip
    return random.choice(ways)


def both_scripts(random: Random, person: Person) -> str:
    """The name in characters with its pinyin or an English first name beside it."""
    beside = pinyin(random, person) if random.random() < 0.5 else random.choice(words.ENGLISH)
    return random.choice(("{0} {1}", "{1} {0}", "{0}({1})", "{0}{1}", "{1}-{0}")).format(plain(random, person), beside)


def employer(random: Random, person: Person) -> str:
    """The name with the employer, as most hosts of roadshows and medical meetings ask for."""
    company = _company(random, person)
    name = plain(random, person)
    styles = ("{c}-{n}",) * 6 + ("{c} {n}",) * 3 + ("{n}-{c}", "{n}-{c}", "{n} {c}", "{n}（{c}）", "{n}({c})", "{c}{n}", "{c}{n}",
              "{c}_{n}", "{n}@{c}", "【{c}】{n}", "{c}|{n}", "{c}—{n}", "{c}/{n}", "{c}·{n}", "{c}:{n}", "{n}，{c}", "{c} - {n}",
              "[{c}]{n}", "{c}+{n}", "{n}_{c}")  # fmt: skip
    return random.choice(styles).format(c=company, n=name)


def employer_titled(random: Random, person: Person) -> str:
    """Employer, name and title or department together."""
    title = random.choice((*person.title, random.choice(words.DEPARTMENTS)))
    styles = ("{c}-{n}-{t}", "{c} {n} {t}", "{c}-{t}-{n}", "{c}{t}{n}", "{c}{n}{t}", "{t}{n}-{c}", "{n} {t} {c}", "{c}_{n}_{t}")
    return random.choice(styles).format(c=_company(random, person), n=plain(random, person), t=title)


def placed(random: Random, person: Person) -> str:
    """The name with a place."""
    styles = ("{n}（{p}）", "{n}({p})", "{p}-{n}", "{p}{n}", "{n} {p}", "{n}-{p}", "{p} {n}")
    return random.choice(styles).format(n=plain(random, person), p=_place(random, person))


def titled(random: Random, person: Person) -> str:
    """The whole name with a title."""
    title = random.choice((*person.title, *person.title, random.choice(words.POLITE)))
    style = random.choice(("{n}{t}", "{n}{t}", "{n} {t}", "{t}{n}", "{n}（{t}）", "{n}-{t}"))
    return style.format(n=plain(random, person), t=title)


def phoned(random: Random, person: Person) -> str:
    """The name with the end of the telephone number, rarely all of it."""
    tail = person.phone[-4:] if random.random() < 0.9 else person.phone
    return random.choice(("{n}{t}", "{n}-{t}", "{n} {t}", "{t}{n}", "{n}({t})")).format(n=plain(random, person), t=tail)


def decorated(random: Random, person: Person) -> str:
    """The name with signs of joy."""
    sign = random.choice(words.EMOJI)
    return random.choice(("{n}{e}", "{e}{n}", "{n} {e}", "{e}{n}{e}")).format(n=plain(random, person), e=sign)


def named_device(random: Random, person: Person) -> str:
    """A device that its owner gave their name."""
    return random.choice(("{}的iPhone", "{}的 iPad", "{} 的MacBook Pro", "{}的手机")).format(person.name.text)


def typo(random: Random, person: Person) -> str:
    """The name with one other character in the given name: a look-alike, or any."""
    def other(each: str) -> str:
        return words.LOOK_ALIKE.get(each) or random.choice(GIVEN)

    return _changed(random, person, other)


def homophone(random: Random, person: Person) -> str:
    """The name with one character that sounds alike, as an input method offers it."""
    return _changed(random, person, lambda each: random.choice(HOMOPHONES.get(each) or GIVEN))


def given_only(random: Random, person: Person) -> str:
    """The given name alone."""
    return person.name.given or person.name.text


def surname_titled(random: Random, person: Person) -> str:
    """The surname with a title, 张总 or 华泰王经理."""
    surname = person.name.surname or person.name.text
    title = random.choice((random.choice(words.POLITE), *person.title))
    front = random.choice(("", "", "", _company(random, person), f"{_company(random, person)}-"))
    return front + random.choice((surname + title, surname + title, f"小{surname}", f"老{surname}"))


def initials(random: Random, person: Person) -> str:
    """The initials of the pinyin."""
    if person.name.kind != "han":
        return person.name.text[:1]
    text = SURNAME_PINYIN[person.name.surname][0] + "".join(GIVEN_PINYIN.get(each, "x")[0] for each in person.name.given)
    return random.choice((text, text.upper()))


def english(random: Random, person: Person) -> str:
    """An English first name with the surname in pinyin."""
    family = SURNAME_PINYIN.get(person.name.surname, "").title()
    return f"{random.choice(words.ENGLISH)} {family}".strip()


def nickname(random: Random, person: Person) -> str:
    """Something that says nobody's name."""
    text = random.choice(words.NICKNAMES)
    return text + random.choice(words.EMOJI) if random.random() < 0.2 else text


def phone_only(random: Random, person: Person) -> str:
    """The telephone number, masked as the platform or the person does it."""
    return random.choice((f"{person.phone[:3]}****{person.phone[-4:]}", f"用户{person.phone[-4:]}", person.phone[-4:]))


def device(random: Random, person: Person) -> str:
    """A device that says nothing."""
    if random.random() < 0.45:
        return random.choice(words.NUMBERED_DEVICES).format(random.randrange(1000, 10 ** random.randint(4, 7)))
    return random.choice(words.DEVICES)


def company_only(random: Random, person: Person) -> str:
    """The employer alone."""
    return _company(random, person)


def two_people(random: Random, person: Person, other: Person) -> str:
    """Two people before one device."""
    style = random.choice(("{}&{}", "{}、{}", "{}和{}", "{}/{}", "{} {}", "{}+{}", "{}，{}"))
    text = style.format(person.name.text, other.name.text)
    return f"{_company(random, person)}-{text}" if random.random() < 0.2 else text


NAMELESS = frozenset({given_only, surname_titled, initials, english, nickname, phone_only, device, company_only})
# Per mille of those who come from outside and were asked to show their names. One in fifteen gives no whole name away.
OUTSIDE: Mapping[Style, float] = {
    plain: 430, messy: 40, traditional: 18, pinyin: 58, both_scripts: 18, employer: 190, employer_titled: 45, placed: 32,
    titled: 35, phoned: 20, decorated: 15, named_device: 10, typo: 10, homophone: 12, given_only: 10, surname_titled: 10,
    initials: 3, english: 5, nickname: 15, phone_only: 4, device: 18, company_only: 2,
}  # fmt: skip
# Of own staff, whose directory knows them.
STAFF: Mapping[Style, float] = {
    plain: 860, messy: 10, employer: 20, placed: 20, titled: 15, pinyin: 20, both_scripts: 20, given_only: 5, english: 10,
    nickname: 10, device: 10,
}  # fmt: skip
# Of telephone callers, whom the platform names by their number unless the host rang them.
CALLERS: Mapping[Style, float] = {phone_only: 600, plain: 250, employer: 100, device: 50}
_TABLES = {id(table): Table(list(table), list(table.values())) for table in (OUTSIDE, STAFF, CALLERS)}


def show(random: Random, person: Person, styles: Mapping[Style, float] = OUTSIDE) -> tuple[str, Style]:
    """Draw how somebody shows themselves, and in which style that is."""
    style = _TABLES[id(styles)].draw(random)
    return style(random, person), style


def latin_hongkong(random: Random, name: Name) -> str:
    """A name of Hong Kong in characters of either kind or in the spellings used there."""
    family = words.SURNAMES_HK[name.surname]
    first, second = (words.GIVEN_HK[each] for each in name.given)
    han = name.surname + name.given
    return random.choice((
        name.text, name.text, "".join(TRADITIONAL.get(each, each) for each in han), f"{family} {first} {second}",
        f"{family.upper()} {first}-{second.lower()}", f"{first} {second} {family}", f"{random.choice(words.ENGLISH)} {family}",
    ))  # fmt: skip


def _syllable(random: Random, character: str) -> str:
    if character in words.TWO_READINGS:
        return random.choice(words.TWO_READINGS[character])
    return GIVEN_PINYIN[character]


def _umlaut(random: Random, syllable: str) -> str:
    return syllable.replace("v", random.choice(("v", "u", "ü", "yu" if syllable == "lv" else "v")))


def _changed(random: Random, person: Person, other: Callable[[str], str]) -> str:
    name = person.name
    if name.kind != "han":
        return name.text
    at = random.randrange(len(name.given))
    given = name.given[:at] + other(name.given[at]) + name.given[at + 1 :]
    return name.surname + given


def _company(random: Random, person: Person) -> str:
    company = person.company
    return random.choice((*company.short, company.short[0], company.short[0], company.full))


def _place(random: Random, person: Person) -> str:
    return person.company.place if random.random() < 0.7 else random.choice(words.PLACES)
