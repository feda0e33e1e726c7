"""Tells which rows of a list are one person entered twice, and which are people of one name."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from attendance.matching.columns import column
from attendance.matching.model import People
from portal.names import fold

# What makes a row the fuller one of two that are one person.
_FILLED = ("tag", "enroll_id", "userid", "open_id", "phone_hashes", "phone_key", "company", "title")


class Copies:
    """Groups rows of one name: the same phone, or the same company and phone ending, is the same person."""

    def __init__(self, people: People) -> None:
        """Take the list."""
        self.people = people
        self.first: dict[int, int] = {}
        self._rows: dict[int, tuple[int, ...]] = {}

    @cached_property
    def _columns(self) -> tuple[list, ...]:
        """Read the columns that tell people of one name apart."""
        names = ("phone_key", "phone_hashes", "company", "phone_tail")
        return tuple(list(column(self.people, name)) for name in names)

    def persons(self, rows: Sequence[int]) -> list[int]:
        """Give one row for each person among the rows of one name, the fullest; the others are remembered.

        Guarantee: the order of the list plays no part.
        """
        groups: dict[object, list[int]] = {}
        for row in rows:
            groups.setdefault(self._sign(row), []).append(row)
        if len(groups) == len(rows):
            return list(rows)
        return [self._fullest(group) for group in groups.values()]

    def _sign(self, row: int) -> object:
        """Give what tells a row from others of its name: the phone, its ending with the company, or where it stands."""
        phones, hashes, companies, tails = self._columns
        if phone := phones[row] or tuple(hashes[row]):
            return phone
        return (companies[row], tails[row]) if companies[row] and tails[row] else row

    def merged(self, rows: tuple[int, ...]) -> tuple[int, ...]:
        """Give one row where all stand for one person, else the rows as they are."""
        if len(rows) == 1 or len({fold(self.people.name[row]) for row in rows}) > 1:
            return rows
        persons = self.persons(rows)
        return tuple(persons) if len(persons) == 1 else rows

    def spread(self, rows: Iterable[int]) -> set[int]:
        """Give rows with all their copies."""
        return {each for row in rows for each in self._rows.get(self.first.get(row, row), (row,))}

    def _fullest(self, group: list[int]) -> int:
        """Pick the row of a person that has most to say, and note the rest as its copies."""
        if len(group) == 1:
            return group[0]
        best = min(group, key=lambda row: (-self._says(row), str(self.people.id[row])))
        self.first.update(dict.fromkeys(group, best))
        self._rows[best] = tuple(group)
        return best

    def _says(self, row: int) -> int:
        """Count what a row says."""
        return sum(bool(values[row]) for name in _FILLED if (values := getattr(self.people, name)))
