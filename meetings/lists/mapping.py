"""Which column of a sheet holds which field: proposed by headings and contents, decided by the organiser."""

import re
from collections.abc import Callable, Container, Sequence
from itertools import islice, pairwise

from meetings.lists import values
from meetings.lists.headings import FAMILY, FIELDS, GIVEN, OURS, READ, field_of
from meetings.lists.reading import letter
from portal import names, phones

# A mapping names the field of each column; KEEP is kept beside the person, LEAVE is not read.
Mapping = list[str]
KEEP, LEAVE = "keep", OURS
CHOICES = (*READ, KEEP, LEAVE)

SAMPLE, EXAMPLES = 200, 3
# So much of a column must look like a field.
SURE, NEARLY_ALL = 0.6, 0.9
LEAST = 3
LONGEST = 100
LEAST_DIGITS = 7

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_CODE = re.compile(r"[A-Za-z]{1,6}[-_]?\d{2,12}", re.ASCII)
_LATIN_NAME = re.compile(r"[A-Z][a-z]+(?:[ -][A-Z][a-z]*\.?){1,3}", re.ASCII)
_LEGAL = re.compile(
    r"有限|公司|集[团團]|大[学學]|[学學]院|[医醫]院|研究所|委[员員][会會]|\b(?:Ltd|Inc|LLC|Corp|Co)\b", re.IGNORECASE
)
_SHOWN_AS_NUMBER = re.compile(r"\d+(?:\.0+)?", re.ASCII)

Sample = Sequence[Sequence[str]]


def propose(columns: Sequence[str], sample: Sample, remembered: Sequence[str] | None = None) -> Mapping:
    """Propose a field for each column: as remembered, else by known headings, then by what the cells look like.

    `sample` holds the first rows. Guarantee: no field is proposed twice. Numbers that only count the rows are left
    out also under a heading like "no." or "code": as a key they would mean somebody else in the next file.
    """
    if remembered and len(remembered) == len(columns) and set(remembered) <= set(CHOICES):
        return list(remembered)
    told = [_Column(heading, heading == letter(index), sample, index) for index, heading in enumerate(columns)]
    named = {column.named for column in told}
    claims = [column.claim(named) for column in told]
    mapping = [claim if claim in (FAMILY, GIVEN, LEAVE) else KEEP for claim in claims]
    for field in FIELDS:
        claiming = [index for index, claim in enumerate(claims) if claim == field]
        if claiming:
            mapping[max(claiming, key=lambda index: (told[index].share(field), -index))] = field
    mapping = _halves(mapping)
    for field in LOOKS:
        if field not in mapping and not (field == "name" and FAMILY in mapping):
            _find(field, mapping, told)
    return mapping


def contents_of(columns: Sequence[str], sample: Sample) -> list[str]:
    """Name the kind of contents of each column, for tables without headings."""
    return [_Column(heading, True, sample, index).kind for index, heading in enumerate(columns)]


def examples(sample: Sample, index: int, field: str) -> list[str]:
    """Give the first different values of a column, masked where they are personal; of a phone column also wrong ones."""
    different = dict.fromkeys(value for value in _cells(sample, index) if value)
    return [values.masked(field, value) for value in islice(different, EXAMPLES)]


def faults(mapping: Sequence[str]) -> list[str]:
    """Give the codes of what is wrong with a mapping: no name or half of one, or a field given to two columns."""
    given = [field for field in mapping if field in READ]
    halves = {FAMILY, GIVEN} & set(given)
    wrong = [] if "name" in given or len(halves) == 2 else ["half_name"] if halves else ["no_name"]
    return wrong + (["field_twice"] if len(given) > len(set(given)) else [])


def _halves(mapping: Mapping) -> Mapping:
    """Keep family and given name only where there is one of each and no whole name."""
    once = mapping.count(FAMILY) == mapping.count(GIVEN) == 1
    if "name" in mapping or not once:
        return [KEEP if field in (FAMILY, GIVEN) else field for field in mapping]
    return mapping


def _find(field: str, mapping: Mapping, told: Sequence["_Column"]) -> None:
    """Give a field to the free column that looks most like it; a code is only looked for where there are no headings."""
    free = [index for index, held in enumerate(mapping) if held == KEEP]
    if field == "code":
        free = [index for index in free if told[index].unnamed and told[index].all_differ]
    best = max(free, key=lambda index: (told[index].share(field), -index), default=None)
    if best is not None and told[best].share(field) >= (NEARLY_ALL if field == "code" else SURE):
        mapping[best] = field


class _Column:
    """One column of the sample: what its heading says and what its cells look like, each found once."""

    def __init__(self, heading: str, unnamed: bool, sample: Sample, index: int) -> None:
        self.unnamed = unnamed
        self.named = field_of(heading)
        self._cells = [plain for cell in _cells(sample, index) if (plain := values.clean(cell[:LONGEST]))]
        self._shares: dict[str, float] = {}

    def share(self, field: str) -> float:
        """Give how much of the column looks like a field."""
        if field not in self._shares:
            looks = LOOKS.get(field)
            fitting = sum(map(looks, self._cells)) if looks else 0
            self._shares[field] = fitting / max(len(self._cells), 1)
        return self._shares[field]

    def claim(self, named: Container[str]) -> str:
        """Give the field the heading names, unless the cells say otherwise and no other heading does (`named`)."""
        if self._counts_rows and (self.named in ("code", "userid") or (self.unnamed and not self.named)):
            return LEAVE
        # "Contact" over addresses, "customer" over companies; but 华为 under "company" beside names is no name.
        if self.named in LOOKS and not self.share(self.named) and self.kind in LOOKS and self.kind not in named:
            return self.kind
        return self.named

    @property
    def kind(self) -> str:
        """Name what the cells look like."""
        return next((field for field in LOOKS if self.share(field) >= SURE), "text")

    @property
    def all_differ(self) -> bool:
        """Say whether no two cells are the same."""
        return len(self._cells) >= LEAST and len(set(self._cells)) == len(self._cells)

    @property
    def _counts_rows(self) -> bool:
        """Say whether the cells only number the rows: 1, 2, 3 …, also with gaps where rows were taken out."""
        if len(self._cells) < LEAST or not all(map(_SHOWN_AS_NUMBER.fullmatch, self._cells)):
            return False
        numbers = [int(cell.split(".")[0]) for cell in self._cells]
        rising = all(before < after for before, after in pairwise(numbers))
        return rising and numbers[0] <= 1 and numbers[-1] <= 2 * len(numbers)


def _cells(sample: Sample, index: int) -> list[str]:
    return [cells[index] if index < len(cells) else "" for cells in sample[:SAMPLE]]


def _is_phone(cell: str) -> bool:
    if sum(sign.isdigit() for sign in cell) < LEAST_DIGITS and "E+" not in cell.upper():
        return False
    try:
        return any(number.mobile for number in phones.read(values.bare(cell)))
    except phones.BadPhone as error:
        return error.reason == "rounded"


def _is_name(cell: str) -> bool:
    plain = cell.replace(" ", "")
    if not names.is_han(plain):
        return _LATIN_NAME.fullmatch(cell) is not None and not _is_company(cell)
    known = 2 if plain[:2] in names.surnames() else 1
    shaped = len(plain) in (known + 1, known + 2) and plain[:known] in names.surnames()
    return shaped and not (_is_company(cell) or _is_title(cell) or names.is_place(plain))


def _is_company(cell: str) -> bool:
    return _LEGAL.search(cell) is not None or names.looks_organisational(names.fold(cell))


def _is_title(cell: str) -> bool:
    plain = names.fold(cell)
    return any(names.is_title(plain[at:]) for at in range(max(len(plain) - 1, 1)))


LOOKS: dict[str, Callable[[str], bool]] = {
    "phone": _is_phone,
    "email": lambda cell: _EMAIL.fullmatch(cell) is not None,
    "name": _is_name,
    "company": _is_company,
    "title": _is_title,
    "code": lambda cell: _CODE.fullmatch(cell) is not None,
}
