"""Lists as people paste them from chats: numbered sign-up chains (接龙), a person a line, names in one line."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from meetings.lists import headings
from portal import names
from portal.phones import FULL_WIDTH

HEADINGS = ["姓名", "手机号", "邮箱"]
LEAST = 2
# A chain that somebody typed a few words into stays a chain.
SHARE = 0.5
# Names are looked for in another place than the first only where nearly all are there.
SURE = 0.8
# No chat is longer, and no entry: patterns that look for addresses would take hours over a megabyte.
LONGEST, LONGEST_LINE = 2_000_000, 1_000

_HAN = r"\u3400-\u9fff\U00020000-\U0003ffff"
_CIRCLED = r"①-⑳㉑-㉟㊱-㊿"
_UNITS = r"[年月日点點时時号號楼樓层層人位名个個期届場场]"
# A number, then a separator, a blank or a key's frame (1️⃣); straight before a character only where that is no unit.
_NUMBER = rf"(?P<number>\d{{1,5}})(?:\s*[.．。、:：)）】\]]|\s|\ufe0f?\u20e3|(?=[{_HAN}])(?!{_UNITS}))"
_NUMBERED = re.compile(rf"^\s*[(（【\[]?(?:{_NUMBER}|(?P<circled>[{_CIRCLED}]))\s*(?=\D|\d{{7}}|$)(?P<said>.*)$")
_EXAMPLE = re.compile(r"^\s*(例|例如|示例|格式|模板|範例|eg|e\.g\.|example)\s*[.．、:：]?\s", re.IGNORECASE)
_PHONE = re.compile(r"(?<!\d)(?:(?:\+|00)\d{1,3}[ -]?)?\d(?:[ -]?\d){6,14}(?!\d)")
_EMAIL = re.compile(r"[^\s@,，;；、|｜/()（）:：]+@[^\s@,，;；、|｜/()（）]+\.[A-Za-z]{2,}")
_LABEL = re.compile(r"(\w+)\s*[:：]")
# A blank between Latin words is part of a name.
_BETWEEN = re.compile(
    rf"[,，;；、|｜/＋+—–:：()（）【】\[\]]+|(?<![A-Za-z.])\s+|\s+(?![A-Za-z])|(?<!\w)-+|-+(?!\w)|(?<=[{_HAN}])-+|-+(?=[{_HAN}])"
)
_CUTS = re.compile(r"[\t,，;；|]")
_NAME = re.compile(rf"[{_HAN}·]{{2,6}}")
_BETWEEN_NAMES = re.compile(r"[、,，;；\s。.]+")


class Entry(NamedTuple):
    """One entry: the line it began in, the number it was given (0: none), and what was written."""

    line: int
    number: int
    said: str


class Pasted(NamedTuple):
    """A pasted list: its columns (with our headings), (line, cells) of each entry, and lines that hold nobody."""

    columns: list[str]
    rows: list[tuple[int, list[str]]]
    titles: list[int]


def read(text: str) -> Pasted | None:
    """Read a list that is no table; None where it is one.

    Meaning of an entry: name, phone, e-mail, then whatever else was written, cell by cell. What stands before the first
    number is a title, an example line is nobody; a line without a number goes on with the entry before it, unless a
    blank line parts them.
    """
    if len(text) > LONGEST:
        return None
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    filled = [(number, line) for number, line in lines if line]
    if max(len(line) for _, line in filled) > LONGEST_LINE:
        return None
    if _are_names(filled):
        # Counted by name, not by line: a row is known by its number.
        found = [name for _, line in filled for name in _BETWEEN_NAMES.split(line) if name]
        return Pasted(HEADINGS[:1], [(number, [name]) for number, name in enumerate(found, 1)], [])
    if not any("\t" in line for _, line in filled):
        numbered = [(number, found) for number, line in filled if (found := _NUMBERED.match(line))]
        if len(numbered) >= max(LEAST, SHARE * len(filled)):
            return _pasted(list(_numbered(lines)), [number for number, _ in filled])
        if _are_people(filled):
            return _pasted(list(_unnumbered(filled)), [number for number, _ in filled])
    return None


def _are_names(filled: Sequence[tuple[int, str]]) -> bool:
    """Say whether the lines hold nothing but names, several in a line; as many in each of several lines is a table."""
    parted = [[name for name in _BETWEEN_NAMES.split(line) if name] for _, line in filled]
    if any("\t" in line or headings.known(each) for (_, line), each in zip(filled, parted, strict=True)):
        return False
    if not all(_NAME.fullmatch(name) for each in parted for name in each):
        return False
    table = len(parted) > 1 and len({len(each) for each in parted}) == 1
    return any(len(each) > 1 for each in parted) and not table


def _are_people(filled: Sequence[tuple[int, str]]) -> bool:
    """Say whether most lines are a person with a phone or an address, and no sign cuts them into columns."""
    people = sum(_is_person(line) for _, line in filled)
    cut = sum(bool(_CUTS.search(line)) for _, line in filled)
    return people >= max(LEAST, SHARE * len(filled)) and cut < SHARE * len(filled)


def _is_person(line: str) -> bool:
    plain = line.translate(FULL_WIDTH)
    return bool((_PHONE.search(plain) or _EMAIL.search(plain)) and re.search(rf"[{_HAN}A-Za-z]{{2}}", line))


def _numbered(lines: Sequence[tuple[int, str]]) -> Iterator[Entry]:
    held: Entry | None = None
    for number, line in lines:
        if found := _NUMBERED.match(line):
            if held:
                yield held
            held = Entry(number, _number(found), found["said"])
        elif not line and held:
            yield held
            held = None
        elif held:
            held = held._replace(said=f"{held.said}|{line}")
    if held:
        yield held


def _unnumbered(filled: Sequence[tuple[int, str]]) -> Iterator[Entry]:
    """Give the lines from the first with a person on; one without a phone may be a person too."""
    first = next(at for at, (_, line) in enumerate(filled) if _is_person(line))
    return (Entry(number, 0, line) for number, line in filled[first:])


def _number(found: re.Match[str]) -> int:
    return int(found["number"]) if found["number"] else int(unicodedata.numeric(found["circled"]))


def _pasted(entries: list[Entry], lines: Sequence[int]) -> Pasted:
    """Put entries into columns; a year or a date before the number one was part of the title."""
    first = next((at for at, entry in enumerate(entries) if entry.number == 1), 0)
    held = [entry for entry in entries[first:] if entry.said.strip() and not _EXAMPLE.match(entry.said + " ")]
    found = [(entry.line, *_parts(entry.said)) for entry in held]
    place = _place_of_names([words for _, _, words in found])
    rows = [(line, _ordered(keys, words, place)) for line, keys, words in found]
    width = max((len(cells) for _, cells in rows), default=0)
    begun = rows[0][0] if rows else 0
    return Pasted(HEADINGS + [""] * (width - len(HEADINGS)), rows, [line for line in lines if line < begun])


def _parts(said: str) -> tuple[list[str], list[str]]:
    """Part an entry into phone and e-mail, and the other words, without emoji by themselves and words like "phone:"."""
    email = _EMAIL.search(said)
    plain = _EMAIL.sub("|", said).translate(FULL_WIDTH)
    numbers = [found.group() for found in _PHONE.finditer(plain)]
    bare = _LABEL.sub(lambda label: "|" if headings.field_of(label[1]) else label[0], _PHONE.sub("|", plain))
    words = [cut.strip("-—–.。 ") for cut in _BETWEEN.split(bare)]
    kept = [word for word in words if re.search(r"\w", word) and headings.field_of(word) not in ("phone", "email")]
    return [",".join(numbers), email.group() if email else ""], kept


def _place_of_names(entries: Sequence[Sequence[str]]) -> int:
    """Say at which place of the entries the name is written: first, unless nearly all have it elsewhere."""
    for place in (0, 1, 2):
        words = [each[place] for each in entries if len(each) > place]
        if words and sum(map(_is_name, words)) >= SURE * max(len(words), len(entries) / 2):
            return place
    return 0


def _is_name(word: str) -> bool:
    folded = names.fold(word)
    if not re.fullmatch(rf"[{_HAN}]{{2,4}}", folded) or names.looks_organisational(folded) or names.is_title(folded):
        return False
    return names.split(folded)[0] in names.surnames()


def _ordered(keys: list[str], words: list[str], place: int) -> list[str]:
    at = place if place < len(words) else 0
    return [words[at] if words else "", *keys, *words[:at], *words[at + 1 :]]
