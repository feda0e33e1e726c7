"""What a kind of list file is: its name, its bytes, and what must come of reading it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Read(NamedTuple):
    """What is read: the headings, (line, cell, cell ...) of each row, and where things stood."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int | str, ...], ...]
    header_line: int = 1
    sheet: str = ""
    skipped: tuple[tuple[int, str], ...] = ()


class Refused(NamedTuple):
    """Why nothing is read, and what is said of the place."""

    code: str
    place: Mapping[str, object]


class Kind(NamedTuple):
    """One kind of file; `chosen` is what the organiser says of it (sheet, header_line)."""

    file_name: str
    body: Callable[[], bytes]
    outcome: Read | Refused
    chosen: Mapping[str, object] = {}


PHONES = ("13800000001", "13800000002")
HEAD = ("姓名", "手机号")
TABLE = (HEAD, ("张三", PHONES[0]), ("李四", PHONES[1]))
NUMBERS = (HEAD, ("张三", int(PHONES[0])), ("李四", float(PHONES[1])))
SAME = Read(HEAD, ((2, "张三", PHONES[0]), (3, "李四", PHONES[1])))
SHEET = SAME._replace(sheet="名单")


def written(delimiter: str = ",", encoding: str = "utf-8", end: str = "\n", rows: tuple = TABLE) -> bytes:
    """Give the bytes of a text of rows."""
    return "".join(delimiter.join(row) + end for row in rows).encode(encoding)


def text(
    said: str, outcome: Read | Refused, encoding: str = "utf-8", file_name: str = "名单.csv", **chosen: object
) -> Kind:
    """Give a kind that is a text."""
    return Kind(file_name, lambda: said.encode(encoding), outcome, chosen)
