"""LIST.csv: the expected people as columns, whatever order, encoding and spelling they come in."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import itemgetter
from pathlib import Path

from attendance.matching import People
from attendance.offline.files import BadFile, text_of
from meetings.lists import headings, texts
from portal import phones
from portal.phones import BadPhone, Phone

# Each column with what may stand over it, folded (lower case, without blanks and underlines). A column that People
# does not know yet is read and left out.
COLUMNS: Mapping[str, frozenset[str]] = {
    "enroll_id": frozenset({"报名id", "enrollid", "enrolmentid"}),
    "name": frozenset({"姓名", "name"}),
    "phone": frozenset({"手机号", "phone"}),
    "email": frozenset({"邮箱", "email"}),
    "company": frozenset({"公司", "company"}),
    "title": frozenset({"职务", "title"}),
    "tag": frozenset({"专属链接", "tag", "customerdata"}),
    "userid": frozenset({"userid"}),
    "open_id": frozenset({"openid"}),
}
# Where none of these stands over any column, what else people write there will do.
LOOSE = ("name", "phone", "email", "company", "title")
DELIMITERS = ",\t;，|"
HEAD, TAIL = 3, 4
SHORTEST = 7
# Digits that are gone, whatever the rest looks like.
LOST = frozenset({"rounded", "masked"})

# Spreadsheets and data frames make a whole number with gaps above or below it a broken one.
_WHOLE = re.compile(r"(\d+)\.0+")
_SIGNS = re.compile(r"[\s().\-–—]+")
_MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})", re.ASCII)
_MASKED = re.compile(r"(1[3-9]\d)\*{4}\d{4}", re.ASCII)
_ENDING = re.compile(r"(\d{4})\D*$", re.ASCII)

Numbers = tuple[Phone, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """The list: `people` as the core takes them, their id being the data row; `phones` as they were written."""

    people: People
    phones: Sequence[str]

    @property
    def numbers(self) -> Iterator[Numbers]:
        """The numbers of each person; read as they are asked for, since not every meeting needs them."""
        return map(phone_numbers, self.phones)


def read(path: Path) -> Expected:
    """Read a list.

    Meaning: data row 0 is the first record after the headings as the csv module reads it: a blank line is no record, a
    line of nothing but delimiters is one. Raises: BadFile with the line.
    """
    records = _records(path, text_of(path))
    line, header = next((line, cells) for line, cells in records if any(map(str.strip, cells)))
    places = _places(header)
    if not places:
        raise BadFile(path, "none of the headings is known (姓名, 手机号, ..., or name, phone, ...)", f"line {line}")
    told = _columns(path, records, places, len(header))
    written = told.pop("phone", [])
    if "enroll_id" in told:
        told["enroll_id"] = [_WHOLE.sub(r"\1", cell) for cell in told["enroll_id"]]
    rows = range(len(next(iter(told.values()), written)))
    known = {field.name for field in fields(People)}
    columns = {name: column for name, column in told.items() if name in known}
    return Expected(
        People(**{"id": rows, "name": [""] * len(rows), "phone_head": list(map(_head, written)),
                 "phone_tail": list(map(_tail, written)), **columns}), written
    )


def _records(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Give every record with the line it begins in."""
    reader = csv.reader(texts.lines(text), delimiter=_delimiter(text), strict=True)
    begun = 1
    try:
        for cells in reader:
            if cells:
                yield begun, cells
            begun = reader.line_num + 1
    except csv.Error as error:
        raise BadFile(path, f"the quotes of a cell do not end as they should ({error})", f"line {begun}") from error


def _delimiter(text: str) -> str:
    """Give the sign under which most headings are known; a comma where that decides nothing."""
    header = next(line for line in texts.lines(text) if line.strip())
    return max(DELIMITERS, key=lambda sign: len(_places(next(csv.reader([header], delimiter=sign)))))


def _places(header: Sequence[str]) -> dict[str, int]:
    """Find the columns of a list: exact headings first; of two alike the first counts."""
    folded = [headings.folded(cell) for cell in header]
    exact = {
        field: next(at for at, cell in enumerate(folded) if cell in known)
        for field, known in COLUMNS.items()
        if not known.isdisjoint(folded)
    }
    loose = {headings.field_of(cell): at for at, cell in reversed(list(enumerate(header))) if at not in exact.values()}
    return {field: loose[field] for field in LOOSE if field in loose} | exact


def _columns(
    path: Path, records: Iterator[tuple[int, list[str]]], places: Mapping[str, int], width: int
) -> dict[str, list[str]]:
    """Turn records into trimmed columns."""
    # The first cell goes with the others, so that a list of one column gives tuples too.
    picked, kept = itemgetter(0, *places.values()), []
    for line, cells in records:
        if len(cells) > width and any(map(str.strip, cells[width:])):
            raise BadFile(path, f"{len(cells)} cells under {width} headings", f"line {line}")
        kept.append(picked(cells if len(cells) >= width else cells + [""] * (width - len(cells))))
    _, *columns = zip(*kept, strict=True) if kept else [()] * (len(places) + 1)
    return {field: list(map(str.strip, column)) for field, column in zip(places, columns, strict=True)}


def phone_numbers(cell: str) -> Numbers:
    """Read the numbers of a cell in any spelling; none where there is none, or nobody can know which."""
    # Ninety-nine of a hundred are these, and the library takes sixty times as long.
    found = _MOBILE.fullmatch(cell) or _MOBILE.fullmatch(_SIGNS.sub("", cell.translate(phones.FULL_WIDTH)))
    return (Phone("86", found[1], True),) if found else _unusual(cell)


@cache
def _unusual(cell: str) -> Numbers:
    """Read the numbers of a cell that is more than a mobile."""
    if sum(map(str.isdecimal, cell)) < SHORTEST:
        return ()
    for spelt in (cell, phones.meant(cell)):
        try:
            return phones.read(spelt)
        except BadPhone as error:
            if error.reason in LOST:
                break
    return ()


def _head(cell: str) -> str:
    """Give the first three digits of a mobile number, also where its middle is hidden (138****0000)."""
    if found := _MOBILE.fullmatch(cell) or _MASKED.fullmatch(cell):
        return found[1][:HEAD]
    read = phone_numbers(cell)
    return read[0].national[:HEAD] if read and read[0].mobile and read[0].area == "86" else ""


def _tail(cell: str) -> str:
    """Give the last four digits of a phone, also where its middle is hidden (138****0000)."""
    if _MOBILE.fullmatch(cell):
        return cell[-TAIL:]
    if read := phone_numbers(cell):
        return read[0].national[-TAIL:]
    found = _ENDING.search(cell) if "*" in cell else None
    return found[1] if found else ""
