"""Which column of a sheet holds which field: proposed by headings and contents, decided by the organiser."""

import re
from collections.abc import Callable, Sequence
from itertools import islice

from meetings.lists.headings import FIELDS, OURS, field_of
from portal import phones

# A mapping names the field of each column; KEEP is kept beside the person, LEAVE is not read.
Mapping = list[str]
KEEP, LEAVE = "keep", OURS
CHOICES = (*FIELDS, KEEP, LEAVE)

SAMPLE, EXAMPLES = 200, 3
SURE = 0.6

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def propose(columns: Sequence[str], sample: Sequence[Sequence[str]]) -> Mapping:
    """Propose a field for each column: by known headings, then by contents that are phones or addresses.

    `sample` holds the first rows. Guarantee: no field is proposed twice.
    """
    mapping = [KEEP] * len(columns)
    for index, heading in enumerate(columns):
        field = field_of(heading) or KEEP
        mapping[index] = field if field == LEAVE or field not in mapping else KEEP
    for field, holds in (("phone", _is_phone), ("email", _is_email)):
        if field not in mapping:
            found = next((index for index in _free(mapping) if _share(sample, index, holds) >= SURE), None)
            mapping = [field if index == found else each for index, each in enumerate(mapping)]
    return mapping


def contents_of(columns: Sequence[str], sample: Sequence[Sequence[str]]) -> list[str]:
    """Name the kind of contents of each column, for tables without headings."""
    kinds = (("phone", _is_phone), ("email", _is_email))
    return [
        next((kind for kind, holds in kinds if _share(sample, index, holds) >= SURE), "text")
        for index in range(len(columns))
    ]


def examples(sample: Sequence[Sequence[str]], index: int, field: str) -> list[str]:
    """Give the first different values of a column; of a phone column also the wrong ones masked."""
    values = dict.fromkeys(value for value in islice(_column(sample, index), SAMPLE) if value)
    covered = phones.mask if field == "phone" else phones.scrub
    return [covered(value[:40]) for value in islice(values, EXAMPLES)]


def faults(mapping: Sequence[str]) -> list[str]:
    """Give the codes of what is wrong with a mapping: no name, or a field given to two columns."""
    given = [field for field in mapping if field in FIELDS]
    wrong = [] if "name" in given else ["no_name"]
    return wrong + (["field_twice"] if len(given) > len(set(given)) else [])


def _free(mapping: Sequence[str]) -> list[int]:
    return [index for index, field in enumerate(mapping) if field == KEEP]


def _column(sample: Sequence[Sequence[str]], index: int) -> list[str]:
    return [cells[index] if index < len(cells) else "" for cells in sample[:SAMPLE]]


def _share(sample: Sequence[Sequence[str]], index: int, holds: Callable[[str], bool]) -> float:
    values = [value for value in _column(sample, index) if value]
    return sum(map(holds, values)) / len(values) if values else 0.0


def _is_email(value: str) -> bool:
    return _EMAIL.fullmatch(value) is not None


def _is_phone(value: str) -> bool:
    try:
        return any(number.mobile for number in phones.read(value))
    except phones.BadPhone:
        return False
