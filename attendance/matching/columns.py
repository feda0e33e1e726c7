"""Reads the columns of People and Arrivals, blank where one was left out."""

from collections.abc import Iterable, Sequence
from itertools import repeat

from attendance.matching.model import Arrivals, People

Table = People | Arrivals


def column(table: Table, name: str, blank: object = "") -> Iterable:
    """Give a column, or as many blanks as the table has rows.

    Raises: ValueError naming a column whose length is not that of the table.
    """
    values: Sequence = getattr(table, name)
    if len(values) == len(table):
        return values
    if len(values):
        raise ValueError(f"{type(table).__name__}.{name} has {len(values)} rows, not {len(table)}")
    return repeat(blank, len(table))


def has(table: Table, name: str) -> bool:
    """Tell whether a column holds anything at all."""
    return any(column(table, name))
