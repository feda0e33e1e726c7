"""Spells Chinese names in pinyin, with the readings that characters have as surnames."""

from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import islice, product

from portal.names.tables import readings, surnames

# A name of several 多音字 has many spellings; the first few cover what people write.
MOST_SPELLINGS = 8


def split(name: str) -> tuple[str, str]:
    """Split a folded Chinese name into surname, compound only if something follows, and given name.

    Shape: "欧阳震华" gives ("欧阳", "震华"), "张三" gives ("张", "三"), a name of one character ("张", "").
    """
    if len(name) > 2 and name[:2] in _compound():
        return name[:2], name[2:]
    return name[:1], name[1:]


def split_all(names: Iterable[str]) -> list[tuple[str, str]]:
    """Split many names at once.

    Guarantee: the same as `split` of each.
    """
    double = _compound()
    return [
        (name[:2], name[2:]) if len(name) > 2 and name[:2] in double else (name[:1], name[1:]) for name in names
    ]


@cache
def _compound() -> frozenset[str]:
    """Collect the surnames of two characters."""
    return frozenset(name for name in surnames() if len(name) > 1)


@lru_cache(maxsize=65_536)
def surname_spellings(surname: str) -> tuple[str, ...]:
    """Spell a surname: its reading as a surname if the table has one, else that of its characters."""
    special = surnames().get(surname, ((), 0.0))[0]
    return tuple(_variants(special)) or tuple(_spelled(surname, 1))


def given_spellings(given: str) -> tuple[str, ...]:
    """Spell a given name in every reading of its characters, the most usual first."""
    choices = [*map(_written, given)]
    if len(choices) == 2:
        first, last = choices
        if len(first) == len(last) == 1:
            return (first[0] + last[0],)
    return tuple(["".join(syllables) for syllables in islice(product(*choices), MOST_SPELLINGS)])


def is_pinyin(word: str) -> bool:
    """Tell whether a word is made of one or two syllables of pinyin."""
    return bool(syllables(word))


@lru_cache(maxsize=65_536)
def syllables(word: str) -> tuple[str, ...]:
    """Take a word apart into its one or two syllables of pinyin; nothing where it is none.

    Shape: "xian" gives ("xian",), "xiaoming" gives ("xiao", "ming"), "sam" gives ().
    """
    known = _syllables()
    if word in known:
        return (word,)
    cuts = ((word[:size], word[size:]) for size in range(1, len(word)))
    return next(((first, last) for first, last in cuts if first in known and last in known), ())


@cache
def _syllables() -> frozenset[str]:
    """Collect all syllables."""
    return frozenset(way for read in set(readings().values()) for way in _variants(read[:2]))


@cache
def _written(character: str) -> tuple[str, ...]:
    """Give the ways to write a character in a given name: two readings at most, ü in three ways."""
    return tuple(_variants(readings().get(character, ())[:2]))


def spellings(name: str) -> tuple[str, ...]:
    """Spell a folded Chinese name in pinyin without spaces, the most usual reading first.

    Guarantee: empty if a character has no known reading; at most MOST_SPELLINGS spellings, all distinct.
    """
    surname, given = split(name)
    firsts, lasts = surname_spellings(surname), given_spellings(given)
    if len(firsts) == len(lasts) == 1:
        return (firsts[0] + lasts[0],)
    joined = dict.fromkeys([first + last for first, last in product(firsts, lasts)])
    return tuple(islice(joined, MOST_SPELLINGS))


def initials(spelled_surname: str, given: str) -> str:
    """Abbreviate a given name to the first letters of its characters, after the full or initial surname."""
    return spelled_surname + "".join(map(_initial, given))


@cache
def _initial(character: str) -> str:
    """Give the first letter of a character's most usual reading, if it has one."""
    return readings()[character][0][0] if character in readings() else ""


def _spelled(characters: str, most: int) -> list[str]:
    """Combine the readings of characters, `most` of each; ü also as u and yu, as people type it."""
    table = readings()
    choices = [_variants(table.get(character, ())[:most]) for character in characters]
    return ["".join(syllables) for syllables in product(*choices)]


def _variants(syllables: tuple[str, ...]) -> list[str]:
    """Add the other spellings of ü to a list of syllables."""
    return [other for one in syllables for other in _ways(one)]


def _ways(syllable: str) -> tuple[str, ...]:
    """Give every way to write one syllable."""
    if "v" not in syllable:
        return (syllable,)
    return syllable, syllable.replace("v", "u"), syllable.replace("v", "yu")
