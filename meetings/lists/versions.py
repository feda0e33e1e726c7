"""What a list said after each change: sealed rows that can be read, compared, and restored by way of a dry run."""

import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import F

from meetings.lists.headings import FIELDS
from meetings.models import ExpectedList, ListVersion
from portal.accounts.models import User

BY_HAND = "by hand"
# What a version keeps of a person, in this order; then the further columns.
KEPT = (*FIELDS, "written", "more_phones")


def keep(expected_list: ExpectedList, *, origin: str, by: User | None, now: datetime) -> ListVersion:
    """Keep what a list says now as its next version. Call it in the transaction of the change."""
    ExpectedList.objects.filter(pk=expected_list.pk).update(version=F("version") + 1, changed_at=now)
    expected_list.refresh_from_db(fields=["version", "changed_at"])
    packer, pieces, count = zlib.compressobj(1), [], 0
    for count, row in enumerate(_rows(expected_list), 1):
        pieces.append(packer.compress(json.dumps(row, ensure_ascii=False).encode() + b"\n"))
    pieces.append(packer.flush())
    return ListVersion.objects.create(
        expected_list=expected_list, number=expected_list.version, origin=origin, people=count, body=b"".join(pieces), by=by
    )


def keep_by_hand(expected_list: ExpectedList, *, now: datetime) -> None:
    """Keep what was changed by hand since the last version, before a batch changes the list."""
    last = expected_list.versions.first()
    if last is None or last.number < expected_list.version:
        keep(expected_list, origin=BY_HAND, by=None, now=now)


def rows_of(version: ListVersion) -> Iterator[tuple[int, dict[str, str], dict[str, str]]]:
    """Give (line, fields, further columns) of everybody a version had."""
    for line in zlib.decompress(version.body).splitlines():
        row, told, extra = json.loads(line)
        yield row, dict(zip(KEPT, told, strict=False)), extra


def as_table(version: ListVersion) -> tuple[list[str], list[str], list[tuple[int, Sequence[str]]]]:
    """Give columns, mapping and rows of a version, as a batch wants them."""
    rows = list(rows_of(version))
    further = list(dict.fromkeys(name for _, _, extra in rows for name in extra))
    table = [
        (line, [*(told.get(name, "") for name in FIELDS), *(extra.get(name, "") for name in further)])
        for line, told, extra in rows
    ]
    return [*FIELDS, *further], [*FIELDS, *("keep" for _ in further)], table


def _rows(expected_list: ExpectedList) -> Iterator[tuple]:
    names = [f"person__{name}" for name in KEPT]
    listed = expected_list.listings.order_by("row", "pk").values_list("row", "person__extra", *names)
    for row, extra, *told in listed.iterator(chunk_size=2_000):
        yield row, told, extra
