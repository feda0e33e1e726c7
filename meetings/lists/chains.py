"""Lists as people paste them from chats: numbered sign-up chains (接龙), one name a line, names in one line."""

import re
from collections.abc import Iterator

from portal.phones import FULL_WIDTH

# Rows of cells with the number of the line each began in; the first row holds the headings we give them.
Pasted = list[tuple[int, list[str]]]

HEADINGS = ["姓名", "手机号", "邮箱"]
LEAST = 2
# A chain that somebody typed a few words into stays a chain.
SHARE = 0.5

_NUMBERED = re.compile(r"^\s*[(（【\[]?(\d{1,5})\s*(?:[.．、:：)）】\]]|\s)\s*(?=\D)(.*)$")
_EXAMPLE = re.compile(r"^\s*(例|例如|示例|格式|模板|eg|e\.g\.|example)\s*[.．、:：]?\s*", re.IGNORECASE)
_PHONE = re.compile(r"(?<!\d)(?:(?:\+|00)\d{1,3}[ -]?)?\d(?:[ -]?\d){6,14}(?!\d)")
_EMAIL = re.compile(r"[^\s@,，;；、|｜/]+@[^\s@,，;；、|｜/]+\.[A-Za-z]{2,}")
_BETWEEN = re.compile(r"[\s,，;；、|｜/＋+—–]+|(?<!\w)-+(?!\w)|(?<=[\u3400-\u9fff])-+(?=[\u3400-\u9fff])")
_NAMES_ONLY = re.compile(r"[\u3400-\u9fff·]{2,6}(?:\s*[、,，;；\s]\s*[\u3400-\u9fff·]{2,6})+\s*[。.]?")


def is_chain(text: str) -> bool:
    """Say whether a text is a numbered chain rather than a table."""
    lines = [line for line in text.splitlines() if line.strip()]
    numbered = sum(bool(_NUMBERED.match(line)) for line in lines)
    tables = sum("\t" in line for line in lines)
    return numbered >= LEAST and numbered >= SHARE * len(lines) and not tables


def is_names(text: str) -> bool:
    """Say whether a text is nothing but names, several in a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return bool(lines) and all(_NAMES_ONLY.fullmatch(line) for line in lines)


def rows_of_chain(text: str) -> Pasted:
    """Give one row an entry: name, phone, e-mail, then whatever else was written, cell by cell.

    What stands before the first number is a title, an example line is nobody; a line without a number goes on with
    the entry before it.
    """
    return _with_headings([(line, _cells(entry)) for line, entry in _entries(text)])


def rows_of_names(text: str) -> Pasted:
    """Give one row a name."""
    found = [
        (number, [name])
        for number, line in enumerate(text.splitlines(), 1)
        for name in re.split(r"[、,，;；\s。.]+", line)
        if name
    ]
    return [(0, HEADINGS[:1]), *found]


def _entries(text: str) -> Iterator[tuple[int, str]]:
    begun, held = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        found = _NUMBERED.match(line)
        if found is None:
            held = f"{held} {line.strip()}" if begun and line.strip() else held
            continue
        if begun:
            yield begun, held
        begun, held = (0, "") if _EXAMPLE.match(found[2]) else (number, found[2])
    if begun:
        yield begun, held


def _cells(entry: str) -> list[str]:
    email = _EMAIL.search(entry)
    rest = _EMAIL.sub(" ", entry)
    plain = rest.translate(FULL_WIDTH)
    numbers = [found.group() for found in _PHONE.finditer(plain)]
    words = [word for cut in _BETWEEN.split(_PHONE.sub(" ", plain)) if (word := cut.strip("-—–:："))]
    return [words[0] if words else "", ",".join(numbers), email.group() if email else "", *words[1:]]


def _with_headings(found: Pasted) -> Pasted:
    width = max((len(cells) for _, cells in found), default=0)
    further = [""] * (width - len(HEADINGS))
    return [(0, HEADINGS + further), *found]
