"""Reads the columns of People and Arrivals, blank where one was left out."""

from collections.abc import Iterable, Sequence
from itertools import repeat

from attendance.matching.model import Arrivals, People

Table = People | Arrivals


def check(table: Table) -> None:
    """Refuse a table whose columns differ in length.

    Raises: ValueError naming the column.
    """
    for name in table.__slots__:
        values = getattr(table, name)
        if isinstance(values, Sequence) and len(values) not in (0, len(table)):
            raise ValueError(f"{type(table).__name__}.{name} has {len(values)} rows, not {len(table)}")


def column(table: Table, name: str, blank: object = "") -> Iterable:
    """Give a column, or as many blanks as the table has rows."""
    values: Sequence = getattr(table, name)
    return values if len(values) else repeat(blank, len(table))
