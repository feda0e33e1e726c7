"""The rows of a batch as they lie in the database: a thousand a piece, compressed and sealed."""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from meetings.models import Upload, UploadChunk

ROWS = 1_000
# Fast: packing must not cost more than reading.
LEVEL = 1

# A row as it was read: the number of its line, and its cells.
Stored = tuple[int, Sequence[str]]
Rows = Iterable[Stored]


def pack(rows: Sequence[Stored]) -> bytes:
    """Write rows into one piece."""
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"), LEVEL)


def unpack(body: bytes) -> list[Stored]:
    """Read the rows of one piece."""
    return [(line, cells) for line, cells in json.loads(zlib.decompress(body))]


def pieces(rows: Rows) -> Iterator[list[Stored]]:
    """Cut rows into pieces as they come."""
    rows = iter(rows)
    while piece := list(islice(rows, ROWS)):
        yield piece


def keep(upload: Upload, number: int, piece: Sequence[Stored]) -> None:
    """Keep one piece of a batch."""
    UploadChunk.objects.create(upload=upload, number=number, body=pack(piece))


def cells_of(upload: Upload) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Give (line, place, cells) of every row, with what was put in its place in the grid."""
    repaired = repairs_of(upload)
    for chunk in upload.chunks.order_by("number").iterator(chunk_size=4):
        for offset, (line, cells) in enumerate(unpack(chunk.body)):
            yield line, chunk.number * ROWS + offset, repaired.get(line, cells)


def rows_at(upload: Upload, places: Iterable[int]) -> dict[int, Sequence[str]]:
    """Give the cells at some places as they were read; only the pieces that hold them are opened."""
    wanted = sorted(set(places))
    pieces = upload.chunks.filter(number__in={at // ROWS for at in wanted})
    opened = {chunk.number: unpack(chunk.body) for chunk in pieces}
    return {at: opened[at // ROWS][at % ROWS][1] for at in wanted if at // ROWS in opened}


def repairs_of(upload: Upload) -> Mapping[int, Sequence[str]]:
    """Give the cells that were put in place of what was read, by line."""
    repaired = upload.lines.exclude(repaired="").values_list("line", "repaired")
    return {line: json.loads(cells) for line, cells in repaired}
