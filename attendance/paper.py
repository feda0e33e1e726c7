"""Sheets of A4 with Chinese and Latin text on them: fonts, lines, tables, bars, a footer with the number of pages.

Chinese is drawn in the reader's own Song font (STSong-Light, named but not embedded), or in the TrueType font that
PDF_FONT names. A character neither has is written as its Unicode number, and `missing` remembers it.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import IO

from django.conf import settings
from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

LATIN, SONG, OWN = "Helvetica", "STSong-Light", "PrintFont"
INK, SOFT, LINE, ACCENT = HexColor("#1a1c2b"), HexColor("#4b4f63"), HexColor("#c9c5b9"), HexColor("#2e3a9f")
WIDTH, HEIGHT = A4
EDGE, FOOT = 14 * mm, 18 * mm
INSIDE = WIDTH - 2 * EDGE
BODY, LEADING = 8.5, 1.4
# A cell takes this many lines; what is longer ends in an ellipsis.
MOST_LINES = 3
TOTAL = "number_of_pages"
# Pages as bytes, not as letters: a seventh of the time and a fifth of the size.
rl_config.useA85 = 0


@lru_cache(maxsize=1)
def _own_font() -> TTFont | None:
    """Give the font the settings name, registered once a process."""
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
    if not settings.PDF_FONT:
        return None
    font = TTFont(OWN, settings.PDF_FONT)
    pdfmetrics.registerFont(font)
    return font


@lru_cache(maxsize=65536)
def font_of(char: str) -> str:
    """Name the font that draws a character; empty where none has it."""
    own = _own_font()
    if own is not None and ord(char) in own.face.charToGlyph:
        return OWN
    if " " <= char <= "~" or "\xa0" <= char <= "\xff" or char in "–—…":
        return LATIN
    try:
        char.encode("gbk")
    except UnicodeEncodeError:
        return ""
    return SONG


@lru_cache(maxsize=65536)
def _width(char: str) -> float:
    return pdfmetrics.stringWidth(char, font_of(char), 1)


class Paper:
    """A growing document; `y` is where the next line goes, counted from the foot of the sheet.

    The texts of a sheet are one object and its rules one path: most of the time goes into saying font, colour and place.
    """

    def __init__(self, target: IO[bytes], title: str, foot: str) -> None:
        self.canvas = Canvas(target, pagesize=A4, pageCompression=1)
        self.missing: dict[str, None] = {}
        self.canvas.setTitle(title)
        self.canvas.setCreator("Rollcall")
        self.foot, self.number, self.y = self.spell(foot), 0, 0.0
        self._begin()

    def finish(self) -> None:
        """Draw how many pages there are, which every footer points to, and write the file."""
        self._end()
        self.canvas.beginForm(TOTAL)
        self._take_pen()
        self._put(0, 0, f" / {self.number}", 7.5)
        self._pour()
        self.canvas.endForm()
        self.canvas.save()

    def room(self, height: float) -> None:
        """Begin a new sheet unless so much fits on this one."""
        if self.y - height < FOOT:
            self._end()
            self._begin()

    def line(self, text: str, size: float = BODY, *, colour: HexColor = INK, before: float = 0, at: float = 0) -> None:
        """Write a text over as many lines as it takes."""
        self.y -= before
        for piece in self.wrap(text, size, INSIDE - at, most=50):
            self.room(size * LEADING)
            self.y -= size * LEADING
            self._put(EDGE + at, self.y, piece, size, colour)

    def heading(self, text: str) -> None:
        """Write a heading that keeps some of its section on the same sheet."""
        self.room(28 * mm)
        self.line(text, 11.5, before=5 * mm)
        self.y -= 1.5 * mm

    def facts(self, pairs: Iterable[tuple[str, str]], wide: float = 34 * mm) -> None:
        """Write names and values in two columns."""
        for name, value in pairs:
            pieces = self.wrap(value, BODY, INSIDE - wide, most=6)
            self.room(BODY * LEADING * len(pieces))
            for number, piece in enumerate(pieces):
                self.y -= BODY * LEADING
                if not number:
                    self._put(EDGE, self.y, self.spell(name), BODY, SOFT)
                self._put(EDGE + wide, self.y, piece, BODY)

    def bars(self, rows: Sequence[tuple[str, int]]) -> None:
        """Draw a bar for each figure, as a share of the largest."""
        most = max((count for _label, count in rows), default=0) or 1
        for label, count in rows:
            self.room(7 * mm)
            self.y -= 6 * mm
            self._put(EDGE, self.y, self.spell(label), BODY)
            self.canvas.setFillColor(ACCENT)
            self.canvas.rect(EDGE + 34 * mm, self.y - 0.6, (INSIDE - 60 * mm) * count / most, 3 * mm, stroke=0, fill=1)
            self._put(WIDTH - EDGE - 22 * mm, self.y, f"{count} ({100 * count // most}%)", BODY)

    def table(self, widths: Sequence[float], rows: Iterable[Sequence[str]], right: frozenset[int] = frozenset()) -> None:
        """Draw a table in millimetres; the first row is its heading, which every sheet repeats."""
        told = iter(rows)
        heading = next(told)
        self._row(widths, heading, right, SOFT)
        for row in told:
            self._row(widths, row, right, INK, heading)

    def signatures(self, names: Sequence[str], date: str) -> None:
        """Draw lines to sign on, side by side."""
        self.room(30 * mm)
        self.y -= 18 * mm
        half = INSIDE / len(names)
        for number, name in enumerate(names):
            left = EDGE + number * half
            self._rule(left, self.y + 4 * mm, half - 8 * mm)
            self._put(left, self.y, self.spell(name), BODY, SOFT)
            self._put(left + half - 34 * mm, self.y, self.spell(date), BODY, SOFT)

    def spell(self, text: str) -> str:
        """Write characters no font has as their Unicode number; invisible ones are left out."""
        if all(map(font_of, text)):
            return text
        return "".join(self._spelt(char) for char in text)

    def _spelt(self, char: str) -> str:
        if font_of(char):
            return char
        if unicodedata.category(char) in ("Cc", "Cf", "Mn"):
            return " " if char in "\t\n\r" else ""
        self.missing[char] = None
        return f"[U+{ord(char):04X}]"

    def wrap(self, text: str, size: float, width: float, most: int = MOST_LINES) -> list[str]:
        """Break a text into lines that fit: Latin words whole where they can be, Chinese anywhere."""
        plain = self.spell(text)
        if _length(plain) * size <= width:
            return [plain]
        lines = list(_broken(plain, width / size))
        return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]

    def _row(
        self, widths: Sequence[float], row: Sequence[str], right: frozenset[int], colour: HexColor,
        heading: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        cells = [self.wrap(cell, BODY, wide * mm - 4) for cell, wide in zip(row, widths, strict=True)]
        height = max(map(len, cells)) * BODY * LEADING + 3
        if self.y - height < FOOT:
            self.room(height)
            if heading:
                self._row(widths, heading, right, SOFT)
        left = EDGE
        for column, (lines, wide) in enumerate(zip(cells, widths, strict=True)):
            for number, piece in enumerate(lines):
                gap = wide * mm - 9 - _length(piece) * BODY if column in right else 0
                self._put(left + gap, self.y - (number + 1) * BODY * LEADING, piece, BODY, colour)
            left += wide * mm
        self.y -= height
        self._rule(EDGE, self.y, INSIDE)

    def _put(self, x: float, y: float, text: str, size: float, colour: HexColor = INK) -> None:
        """Write spelt text at a place, each run of characters in its font."""
        if colour is not self._colour:
            self._text.setFillColor(colour)
            self._colour = colour
        for font, piece, wide in _runs(text):
            if self._pen != (font, size):
                self._text.setFont(font, size)
                self._pen = (font, size)
            self._text.setTextOrigin(x, y)
            self._text.textOut(piece)
            x += wide * size

    def _rule(self, x: float, y: float, length: float) -> None:
        self._rules.append((x, y, x + length, y))

    def _take_pen(self) -> None:
        """Begin to collect texts and rules."""
        self._text, self._rules = self.canvas.beginText(), []
        self._pen: tuple[str, float] | None = None
        self._colour: HexColor | None = None

    def _pour(self) -> None:
        """Put down what was collected."""
        self.canvas.setStrokeColor(LINE)
        self.canvas.setLineWidth(0.4)
        self.canvas.lines(self._rules)
        self.canvas.drawText(self._text)

    def _begin(self) -> None:
        self.number += 1
        self.y = HEIGHT - EDGE
        self._take_pen()

    def _end(self) -> None:
        at = FOOT - 7 * mm
        self._rule(EDGE, at + 3.5 * mm, INSIDE)
        self._put(EDGE, at, self.wrap(self.foot, 7.5, INSIDE - 30 * mm, most=1)[0], 7.5, SOFT)
        number = str(self.number)
        x = WIDTH - EDGE - 20 * mm
        self._put(x, at, number, 7.5)
        self._pour()
        self.canvas.saveState()
        self.canvas.translate(x + _length(number) * 7.5, at)
        self.canvas.doForm(TOTAL)
        self.canvas.restoreState()
        self.canvas.showPage()


@lru_cache(maxsize=16384)
def _length(text: str) -> float:
    """Give how long a text is, in units of the font's size."""
    return sum(map(_width, text))


@lru_cache(maxsize=16384)
def _runs(text: str) -> tuple[tuple[str, str, float], ...]:
    """Give the runs of a text that one font draws each, with their lengths."""
    runs = [(font, "".join(chars)) for font, chars in groupby(text, font_of)]
    return tuple((font, piece, _length(piece)) for font, piece in runs)


def _broken(text: str, width: float) -> Iterator[str]:
    """Yield lines of at most a width, in units of the font's size."""
    start, used, space = 0, 0.0, -1
    for at, char in enumerate(text):
        wide = _width(char)
        if used + wide > width and at > start:
            whole = char.isascii() and (char.isalnum() or char in "+]")
            end = space + 1 if space > start and whole else at
            yield text[start:end].rstrip()
            start, space = end, -1
            used = sum(map(_width, text[start:at]))
        # A word may begin behind these, and where a character's number begins.
        space = at if char in " -/·，、" else at - 1 if char == "[" else space
        used += wide
    yield text[start:]
