"""Words the rooms are made of: places, titles, what people call themselves when they say no name (`data/words.tsv`)."""

from pathlib import Path

DATA = Path(__file__).parent / "data"


def rows(file: str) -> list[list[str]]:
    """Read a table of the folder `data`."""
    return [line.split("\t") for line in (DATA / file).read_text(encoding="utf-8").splitlines()]


_WORDS = {name: tuple(told.split("|")) for name, told in rows("words.tsv")}


def _parts(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(word.split(",")) for word in _WORDS[name])


def _pairs(name: str) -> dict[str, str]:
    return dict(word.split(":", 1) for word in _WORDS[name])


PLACES, DEPARTMENTS = _WORDS["places"], _WORDS["departments"]
BRANDS_FIRST, BRANDS_LAST = _WORDS["brands_first"], _WORDS["brands_last"]
# What a company does, how its legal name ends, what people shorten it to.
TRADES = _parts("trades")
HOSPITALS = _parts("hospitals")
# Titles of lists, each with what colleagues write beside a name.
TITLES, POLITE = _parts("titles"), _WORDS["polite"]
NICKNAMES, EMOJI = _WORDS["nicknames"], _WORDS["emoji"]
DEVICES, NUMBERED_DEVICES = _WORDS["devices"], _WORDS["numbered_devices"]
ENGLISH, SURNAMES_ABROAD, GIVEN_ABROAD = _WORDS["english"], _WORDS["surnames_abroad"], _WORDS["given_abroad"]
UYGHUR, TIBETAN = _WORDS["uyghur"], _WORDS["tibetan"]
# Characters with how they are written in Latin letters in Hong Kong.
SURNAMES_HK, GIVEN_HK = _pairs("surnames_hk"), _pairs("given_hk")
# Names that whole generations were given more often than their characters alone would say.
WELL_LOVED = _WORDS["well_loved"]
# Characters that are read in two ways in names.
TWO_READINGS = {character: tuple(told.split(",")) for character, told in _pairs("two_readings").items()}
LOOK_ALIKE = _pairs("look_alike")
