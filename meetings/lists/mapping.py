"""Which column of a sheet holds which field: proposed by headings and contents, decided by the organiser."""

import re
from collections.abc import Sequence
from itertools import islice

from meetings.lists.headings import FIELDS, OURS, field_of
from meetings.lists.reading import Sheet
from portal import phones

# A mapping names the field of each column; KEEP is kept beside the person, LEAVE is not read.
Mapping = list[str]
KEEP, LEAVE = "keep", OURS
CHOICES = (*FIELDS, KEEP, LEAVE)

SAMPLE, EXAMPLES = 200, 3
SURE = 0.6

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def propose(sheet: Sheet) -> Mapping:
    """Propose a field for each column: by known headings, then by contents that are phones or addresses.

    Guarantee: no field is proposed twice.
    """
    mapping = [KEEP] * len(sheet.columns)
    for index, heading in enumerate(sheet.columns):
        field = field_of(heading) or KEEP
        mapping[index] = field if field == LEAVE or field not in mapping else KEEP
    for field, holds in (("phone", _is_phone), ("email", _is_email)):
        if field not in mapping:
            found = next((index for index in _free(mapping) if _share(sheet, index, holds) >= SURE), None)
            mapping = [field if index == found else each for index, each in enumerate(mapping)]
    return mapping


def examples(sheet: Sheet, index: int, field: str) -> list[str]:
    """Give the first different values of a column; of a phone column also the wrong ones masked."""
    values = dict.fromkeys(value for value in islice(_column(sheet, index), SAMPLE) if value)
    covered = phones.mask if field == "phone" else phones.scrub
    return [covered(value[:40]) for value in islice(values, EXAMPLES)]


def faults(mapping: Sequence[str]) -> list[str]:
    """Give the codes of what is wrong with a mapping: no name, or a field given to two columns."""
    given = [field for field in mapping if field in FIELDS]
    wrong = [] if "name" in given else ["no_name"]
    return wrong + (["field_twice"] if len(given) > len(set(given)) else [])


def _free(mapping: Sequence[str]) -> list[int]:
    return [index for index, field in enumerate(mapping) if field == KEEP]


def _column(sheet: Sheet, index: int) -> list[str]:
    return [line.cells[index] if index < len(line.cells) else "" for line in sheet.rows[:SAMPLE]]


def _share(sheet: Sheet, index: int, holds: object) -> float:
    values = [value for value in _column(sheet, index) if value]
    return sum(map(holds, values)) / len(values) if values else 0.0


def _is_email(value: str) -> bool:
    return _EMAIL.fullmatch(value) is not None


def _is_phone(value: str) -> bool:
    try:
        return phones.parse(value).mobile
    except phones.BadPhone:
        return False
