"""Text files and pasted tables: the encoding and the delimiter are found, nobody is asked for them."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from meetings.lists import headings
from meetings.lists.faults import Unreadable

UTF8_MARK = b"\xef\xbb\xbf"
MARKS = ((UTF8_MARK, "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Any of these may have been meant; UTF-8 is tried before, because nothing else reads as it by chance.
LEGACY = ("gb18030", "big5hkscs")
DELIMITERS = ("\t", ",", ";", "，", "|")
SAMPLE = 64 * 1024
LOOK_AT = 30
# The areas of the standards where the characters of everyday lie: GB 2312 level 1, Big5 level 1.
FREQUENT = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5hkscs": ("big5", 0xA4, 0xC6)}
# A line with so many delimiters is no row, and would take a gigabyte to be told so.
MOST_CUTS = 20_000
# A text of UTF-8 with broken places has at least so many sound characters to each of them.
SOUND = 10
# Characters GB 18030 has moved out of private use since Python's table was made (editions of 2005 and 2022).
_MOVED = dict(
    zip(
        [0xE7C7, *range(0xE78D, 0xE794), 0xE794, 0xE795, 0xE796, 0xE816, 0xE817, 0xE818, 0xE81E, 0xE826, 0xE82B, 0xE82C,
         0xE831, 0xE832, 0xE83B, 0xE843, 0xE854, 0xE855, 0xE864],
        "\u1e3f\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19\U00020087\U00020089\U000200cc\u9fb4\u9fb5\u9fb6"
        "\u9fb7\U000215d7\u9fb8\U0002298f\u9fb9\u9fba\U000241fe\u9fbb",
        strict=True,
    )
)  # fmt: skip

# The limit of the csv module is made for machines; a cell that is too long is told by its place later.
csv.field_size_limit(1024 * 1024)

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def decode(body: bytes) -> str:
    """Give the text of a file in UTF-8, UTF-16, GB18030 or Big5, with or without a byte order mark.

    Broken places of a UTF-8 text become U+FFFD, so that they can be shown where they are.
    Raises: Unreadable ("encoding", "binary") with the line.
    """
    # Some programs end a text with the sign that ended files half a century ago.
    text = _decoded(body).removesuffix("\x1a")
    at = text.find("\0")
    if at >= 0:
        raise Unreadable("binary", line=text.count("\n", 0, at) + 1)
    return text


def lines(text: str) -> Iterator[str]:
    """Give the lines of a text with their ends, without making a list of them."""
    return (found.group() for found in _LINE.finditer(text))


def rows(text: str, *, most_rows: int, most_columns: int) -> Iterator[list[str]]:
    """Split a text into rows of trimmed cells by the delimiter that fits it best, as they are asked for.

    Raises: Unreadable ("quotes", "rows", "columns") with the line, while reading.
    """
    sign = delimiter(text)
    reader = csv.reader(_bounded(lines(text), sign, most_columns), delimiter=sign, strict=True)
    begun = 1
    try:
        for number, row in enumerate(reader, 1):
            if number > most_rows + LOOK_AT:
                raise Unreadable("rows", sheet="", limit=most_rows)
            cells = [cell.strip() for cell in row]
            if len(cells) > most_columns and any(cells[most_columns:]):
                raise Unreadable("columns", sheet="", line=number, limit=most_columns)
            yield cells[:most_columns]
            begun = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable("quotes", line=begun) from error


def delimiter(text: str) -> str:
    """Give the delimiter under which most headings are known, else the one that cuts the lines most evenly."""
    filled = (line.strip("\r\n") for line in lines(text.lstrip()[:SAMPLE]) if line.strip())
    top = list(islice(filled, LOOK_AT))
    return max(DELIMITERS, key=lambda sign: (_known(top, sign), _evenness(top, sign)))


def _bounded(texts: Iterable[str], sign: str, most_columns: int) -> Iterator[str]:
    for number, line in enumerate(texts, 1):
        if len(line) > MOST_CUTS and line.count(sign) > MOST_CUTS:
            raise Unreadable("columns", sheet="", line=number, limit=most_columns)
        yield line


def _decoded(body: bytes) -> str:
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    if wide := _wide(body):
        return body.decode(wide, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        reached = error.start
    damaged = body.decode("utf-8", "replace")
    if damaged.count("\ufffd") * SOUND < len(_HAN.findall(damaged)):
        return damaged
    read: dict[str, str] = {}
    for encoding in LEGACY:
        try:
            read[encoding] = body.decode(encoding)
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
    if not read:
        raise Unreadable("encoding", line=body.count(b"\n", 0, reached) + 1)
    best = max(read, key=lambda encoding: _likelihood(read[encoding], encoding))
    return read[best].translate(_MOVED) if best == "gb18030" else read[best]


def _wide(body: bytes) -> str:
    """Name UTF-16 without a mark, by its line ends or the zeros beside its Latin letters and digits."""
    sample = body[:SAMPLE]
    zeros = Counter(at % 2 for at, byte in enumerate(sample) if byte == 0)
    if sum(zeros.values()) * 20 < len(sample) or max(zeros.values()) < SOUND * min(zeros[0], zeros[1]):
        return ""
    return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"


def _likelihood(text: str, encoding: str) -> tuple[int, float]:
    """Say how much a text looks like a list in this encoding: known headings, then the share of everyday characters."""
    top = [re.split(r"[,;\t，|]", line) for line in text[:SAMPLE].splitlines()[:LOOK_AT]]
    known = max((headings.known(cells) for cells in top), default=0)
    standard, first, last = FREQUENT[encoding]
    signs = _HAN.findall(text[:SAMPLE])
    frequent = sum(first <= (sign.encode(standard, "replace") or b"?")[0] <= last for sign in signs)
    return known, frequent / len(signs) if signs else 0.0


def _known(lines: Iterable[str], sign: str) -> int:
    return max((headings.known([cell.strip("\" '") for cell in line.split(sign)]) for line in lines), default=0)


def _evenness(lines: list[str], sign: str) -> float:
    """Give the share of lines with the commonest number of cells, 0 where that number is one."""
    widths = Counter(line.count(sign) for line in lines)
    width, times = widths.most_common(1)[0] if widths else (0, 0)
    return times / len(lines) if width else 0.0
