"""Writes many rows at once and touches only those that differ: what `bulk_create` does not do."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper

# Beyond some hundred rows longer statements gain nothing.
MOST_ROWS = 500
# Where rows that are too many for one statement arrive on a server.
ARRIVED = "arrived"
# One encoder for all rows: making one for each value takes as long as using it.
_encode = json.JSONEncoder(ensure_ascii=False).encode


class Encoded(str):
    """JSON that is text already, for values many rows share."""

    __slots__ = ()


def encoded(value: object) -> Encoded:
    """Give a value as JSON that `upsert` writes as it stands."""
    return Encoded(_json(value))


def _json(value: object) -> str:
    # Most are empty lists.
    return "[]" if value == [] else _encode(value)


def upsert(
    model: type[models.Model],
    fields: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    key: Sequence[str],
    at_insert: Mapping[str, object] | None = None,
    quiet: Sequence[str] = (),
    counter: str = "",
) -> int:
    """Insert rows, update those of the same key that differ, and give how many were written.

    Shape: each row holds the values of `fields`; `at_insert` are further values that only new rows get; `quiet`
    fields are written along but no difference by themselves; `counter` is raised by one on every changed row.
    Repeatable: a second call with the same rows writes nothing.
    """
    constants = dict(at_insert or {})
    plan = _Plan(model, [*fields, *constants])
    compared = [name for name in fields if name not in {*key, *quiet}]
    statement = plan.statement(key, compared, quiet, counter)
    tail = plan.prepared(list(constants.values()), len(fields))
    source = ([*plan.prepared(row), *tail] for row in rows)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return _one_by_one(cursor, statement, plan, source)
        few = list(islice(source, MOST_ROWS))
        if len(few) == MOST_ROWS:
            return _streamed(cursor, statement, plan, chain(few, source))
        return _at_once(cursor, statement, plan, few)


def _one_by_one(cursor: CursorWrapper, statement: str, plan: "_Plan", source: Iterator[list[object]]) -> int:
    """Write rows by one short statement: fastest where the database is in the same process."""
    written = 0
    while piece := list(islice(source, MOST_ROWS)):
        cursor.executemany(statement.format(rows=f"VALUES {plan.placeholders}"), piece)
        written += cursor.rowcount
    return written


def _at_once(cursor: CursorWrapper, statement: str, plan: "_Plan", rows: list[list[object]]) -> int:
    """Write some rows by one statement that holds them all."""
    if not rows:
        return 0
    values = ", ".join([plan.placeholders] * len(rows))
    cursor.execute(statement.format(rows=f"VALUES {values}"), [value for row in rows for value in row])
    return cursor.rowcount


def _streamed(cursor: CursorWrapper, statement: str, plan: "_Plan", rows: Iterable[list[object]]) -> int:
    """Write many rows by COPY into a table of this transaction's own, and from there: a tenth of what statements cost."""
    columns = ", ".join(plan.columns)
    with transaction.atomic():
        cursor.execute(f"CREATE TEMPORARY TABLE {ARRIVED} AS SELECT {columns} FROM {plan.table} WITH NO DATA")
        with cursor.copy(f"COPY {ARRIVED} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(statement.format(rows=f"SELECT {columns} FROM {ARRIVED}"))
        written = cursor.rowcount
        cursor.execute(f"DROP TABLE {ARRIVED}")
    return written


class _Plan:
    """The columns of one statement and how their values are written."""

    def __init__(self, model: type[models.Model], fields: Sequence[str]) -> None:
        found = [model._meta.get_field(name) for name in fields]
        self.table = connection.ops.quote_name(model._meta.db_table)
        self.names = {name: connection.ops.quote_name(field.column) for name, field in zip(fields, found, strict=True)}
        self.columns = list(self.names.values())
        self.placeholders = f"({', '.join(['%s'] * len(fields))})"
        self._json = [place for place, field in enumerate(found) if isinstance(field, models.JSONField)]

    def statement(self, key: Sequence[str], compared: Sequence[str], quiet: Sequence[str], counter: str) -> str:
        changes = [f"{self.names[name]} = excluded.{self.names[name]}" for name in (*compared, *quiet)]
        if counter:
            changes.append(f"{self.names[counter]} = {self.table}.{self.names[counter]} + 1")
        differs = [f"{self.table}.{self.names[n]} IS DISTINCT FROM excluded.{self.names[n]}" for n in compared]
        return (
            f"INSERT INTO {self.table} ({', '.join(self.columns)}) {{rows}}"
            f" ON CONFLICT ({', '.join(self.names[name] for name in key)})"
            f" DO UPDATE SET {', '.join(changes)} WHERE {' OR '.join(differs)}"
        )

    def prepared(self, row: Sequence[object], offset: int = 0) -> list[object]:
        """Give the values as the database takes them; `offset` is the place of the first one."""
        values = list(row)
        for place in self._json:
            if offset <= place < offset + len(values) and not isinstance(values[place - offset], Encoded):
                values[place - offset] = _json(values[place - offset])
        return values
