"""Displayed names as people really have them."""

from random import Random

from portal.sandbox.invented import COMPANIES, DEVICES, EMOJI, PLACES
from portal.sandbox.scripts.cast import Person

SURNAME_TITLES = ("总", "老师", "博士", "经理")
WIDE = str.maketrans("-()@", "－（）＠")

# Shares of the looks by whom the person is.
OUTSIDERS = {
    "plain": 44, "company": 12, "company after": 4, "place": 5, "at company": 4, "title": 5, "pinyin": 5,
    "pinyin spaced": 3, "traditional": 3, "emoji": 4, "device": 4, "phone ending": 3, "two people": 2,
    "broken": 1, "wide": 2, "spaces": 2, "nickname": 2,
}
STAFF = {"plain": 70, "company": 8, "place": 8, "pinyin": 4, "emoji": 3, "device": 3, "title": 2, "broken": 1}


def look_of(person: Person, rng: Random) -> bytes:
    """Return the displayed name of a person; one look is not valid UTF-8."""
    if person.look == "broken":
        return b"\xff\xfe" + person.name.han.encode() + b"\xc3"
    return _text(person, rng).encode()


def device_look(rng: Random) -> bytes:
    """Return the name a second device shows."""
    return rng.choice(DEVICES).format(n=rng.randrange(1000, 9999)).encode()


def _text(person: Person, rng: Random) -> str:
    name, company = person.name, person.company or rng.choice(COMPANIES)
    if person.look in ("pinyin", "pinyin spaced", "traditional", "device", "nickname"):
        return _other_script(person, rng)
    decorated = {
        "company": f"{company}-{name.han}",
        "company after": f"{name.han} {company}",
        "place": f"{name.han}（{rng.choice(PLACES)}）",
        "at company": f"{name.han}@{company}",
        "title": f"{name.surname}{rng.choice(SURNAME_TITLES)}",
        "emoji": f"{name.han}{rng.choice(EMOJI)}",
        "phone ending": f"{name.han} {(person.phone or person.own_phone)[-4:]}",
        "two people": f"{name.han}&{person.companion.han if person.companion else name.han}",
        "wide": f"{company}-{name.han}".translate(WIDE),
        "spaces": f" {name.surname} {name.given} ",
    }
    return decorated.get(person.look, name.han)


def _other_script(person: Person, rng: Random) -> str:
    name = person.name
    if person.look == "pinyin":
        return name.surname_pinyin + name.given_pinyin
    if person.look == "pinyin spaced":
        return f"{name.given_pinyin.capitalize()} {name.surname_pinyin.capitalize()}"
    if person.look == "traditional":
        return name.traditional
    if person.look == "nickname":
        return f"小{name.given[-1]}"
    return device_look(rng).decode()
