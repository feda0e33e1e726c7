"""What a list said after each change: sealed rows that can be read, compared, and restored by way of a dry run."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import ExpressionWrapper, F, TextField

from meetings.lists.chunks import Rows
from meetings.lists.headings import FIELDS
from meetings.lists.mapping import KEEP
from meetings.models import ExpectedList, ListVersion
from portal.accounts.models import User
from portal.crypto import open_sealed

BY_HAND = "by hand"
PLAIN = tuple(name for name in FIELDS if name != "phone")
SEALED = ("phone", "more_phones")
# What a version keeps of a person, in this order; then the further columns.
KEPT = (*PLAIN, "written", *SEALED)

# The line somebody stands in, what the list says of them, and their further columns.
Told = tuple[int, dict[str, str], dict[str, str]]
# Phones that are known in plain already, by person: opening a sealed one takes longer than all else.
Phones = Mapping[int, str]


class Table(NamedTuple):
    """Rows as a batch wants them: what the columns are called and hold, how many rows, and the rows, which come once."""

    columns: list[str]
    mapping: list[str]
    count: int
    rows: Rows


NOTHING = Table([], [], 0, ())


def keep(
    expected_list: ExpectedList,
    *,
    origin: str,
    by: User | None,
    now: datetime,
    counts: Mapping[str, int] | None = None,
    phones: Phones | None = None,
) -> ListVersion:
    """Keep what a list says now as its next version. Call it in the transaction of the change."""
    ExpectedList.objects.filter(pk=expected_list.pk).update(version=F("version") + 1, changed_at=now)
    expected_list.refresh_from_db(fields=["version", "changed_at"])
    return ListVersion.objects.create(
        expected_list=expected_list, number=expected_list.version, origin=origin, people=expected_list.listings.count(),
        counts=dict(counts or {}), body=_packed(_rows(expected_list, phones or {})), by=by,
    )  # fmt: skip


def _packed(rows: Iterable[tuple]) -> bytes:
    packer, packed = zlib.compressobj(1), bytearray()
    for row in rows:
        packed += packer.compress(json.dumps(row, ensure_ascii=False).encode() + b"\n")
    return bytes(packed + packer.flush())


def keep_by_hand(expected_list: ExpectedList, *, now: datetime) -> None:
    """Keep what was changed by hand since the last version, before a batch changes the list."""
    last = expected_list.versions.values_list("number", flat=True).first() or 0
    if last < expected_list.version:
        keep(expected_list, origin=BY_HAND, by=None, now=now)


def lines_of(version: ListVersion) -> list[bytes]:
    """Give everybody a version had, each as they were written down."""
    return zlib.decompress(version.body).splitlines()


def rows_of(version: ListVersion) -> Iterator[Told]:
    """Give everybody a version had."""
    return (_told(json.loads(line)) for line in lines_of(version))


def as_table(version: ListVersion) -> Table:
    """Give a version as a batch that restores it."""
    return _table(version.people, lambda: rows_of(version))


def some_as_table(version: ListVersion, begin: int, count: int) -> Table:
    """Give some rows of a version, and after them all others of the same names: whom one means, they may decide."""
    lines = lines_of(version)
    chosen = [_told(json.loads(line)) for line in lines[begin : begin + count]]
    names = {json.dumps(told["name"], ensure_ascii=False).encode() for _, told, _ in chosen}
    others = (line for at, line in enumerate(lines) if not begin <= at < begin + count and _name_in(line) in names)
    rows = [*chosen, *(_told(json.loads(line)) for line in others)]
    return _table(len(chosen), lambda: rows)


def _name_in(line: bytes) -> bytes:
    """Cut the name out of a row as it is written, where it comes first: reading them all would take ten times as long."""
    begin = line.find(b'["') + 1
    end = line.find(b'", "', begin)
    return line[begin : end + 1]


def table_of(expected_list: ExpectedList) -> Table:
    """Give a list as it is now as a batch that brings its people onto another one."""
    return _table(expected_list.listings.count(), lambda: map(_told, _rows(expected_list, {})))


def _table(count: int, read: Callable[[], Iterable[Told]]) -> Table:
    """Lay rows out in columns; read twice, because the first row does not know the columns of the last."""
    further = list(dict.fromkeys(name for _, _, extra in read() for name in extra))
    rows = ((number, [*_cells(told), *(str(extra.get(name, "")) for name in further)])
            for number, (_, told, extra) in enumerate(read(), 1))  # fmt: skip
    return Table([*FIELDS, *further], [*FIELDS, *(KEEP for _ in further)], count, rows)


def _cells(told: Mapping[str, str]) -> Iterator[str]:
    """Give the cells of the fields: the name as it was written, all phones in one."""
    cells = {**told, "name": told["written"] or told["name"]}
    cells["phone"] = " / ".join(filter(None, [told["phone"], *told["more_phones"].split("\n")]))
    return (cells[name] for name in FIELDS)


def _told(row: Sequence) -> Told:
    line, values, extra = row
    return line, dict(zip(KEPT, values, strict=True)), extra


def _rows(expected_list: ExpectedList, phones: Phones) -> Iterator[tuple]:
    """Read everybody on a list, in its order; phones that are not known in plain are opened."""
    # As they lie: reading through the field would open them all.
    as_it_lies = {f"sealed_{name}": ExpressionWrapper(F(f"person__{name}"), TextField()) for name in SEALED}
    listed = expected_list.listings.order_by("row", "pk").annotate(**as_it_lies)
    names = ["row", "person", "person__extra", *as_it_lies, *(f"person__{name}" for name in (*PLAIN, "written"))]
    for row, person, extra, phone, more, *plain in listed.values_list(*names).iterator(chunk_size=2_000):
        yield row, [*plain, phones.get(person) or _opened(phone), _opened(more)], extra


def _opened(sealed: str) -> str:
    return open_sealed(sealed.encode()).decode() if sealed else ""
