"""Text files and pasted tables: the encoding and the delimiter are found, nobody is asked for them."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable

from meetings.lists import headings
from meetings.lists.faults import Unreadable

# Any of these may have been meant; UTF-8 is tried before, because nothing else reads as it by chance.
LEGACY = ("gb18030", "big5hkscs")
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
DELIMITERS = ("\t", ",", ";", "，", "|")
SAMPLE = 64 * 1024
LOOK_AT = 30
# The areas of the standards where the characters of everyday lie: GB 2312 level 1, Big5 level 1.
FREQUENT = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5hkscs": ("big5", 0xA4, 0xC6)}

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def decode(body: bytes) -> str:
    """Give the text of a file in UTF-8, UTF-16, GB18030 or Big5, with or without a byte order mark.

    Raises: Unreadable ("encoding", "binary") with the line.
    """
    text = _decoded(body)
    if found := _CONTROL.search(text):
        raise Unreadable("binary", line=text.count("\n", 0, found.start()) + 1)
    return text


def rows(text: str, *, most_rows: int) -> list[list[str]]:
    """Split a text into rows of cells by the delimiter that fits it best.

    Raises: Unreadable ("quotes", "rows") with the line.
    """
    return _split(text, delimiter(text), most_rows)


def delimiter(text: str) -> str:
    """Give the delimiter under which most headings are known, else the one that cuts the lines most evenly."""
    top = [line for line in text.splitlines()[:LOOK_AT] if line.strip()]
    return max(DELIMITERS, key=lambda sign: (_known(top, sign), _evenness(top, sign)))


def _decoded(body: bytes) -> str:
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    if wide := _wide(body):
        return body.decode(wide, "replace")
    reached = 0
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        reached = error.start
    read: dict[str, str] = {}
    for encoding in LEGACY:
        try:
            read[encoding] = body.decode(encoding)
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
    if not read:
        raise Unreadable("encoding", line=body.count(b"\n", 0, reached) + 1)
    return read[max(read, key=lambda encoding: _likelihood(read[encoding], encoding))]


def _wide(body: bytes) -> str:
    """Name UTF-16 without a mark, by its line ends or the zeros beside its Latin letters and digits."""
    sample = body[:SAMPLE]
    zeros = Counter(at % 2 for at, byte in enumerate(sample) if byte == 0)
    if sum(zeros.values()) * 20 < len(sample) or len(body) % 2:
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
    return max((headings.known(line.split(sign)) for line in lines), default=0)


def _evenness(lines: list[str], sign: str) -> float:
    """Give the share of lines with the commonest number of cells, 0 where that number is one."""
    widths = Counter(line.count(sign) for line in lines)
    width, times = widths.most_common(1)[0] if widths else (0, 0)
    return times / len(lines) if width else 0.0


def _split(text: str, sign: str, most_rows: int) -> list[list[str]]:
    found: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    begun = 1
    try:
        for row in reader:
            found.append(row)
            if len(found) > most_rows:
                raise Unreadable("rows", sheet="", limit=most_rows)
            begun = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable("quotes", line=begun) from error
    return found


