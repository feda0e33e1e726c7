"""Lets a process of its own read a workbook: a spreadsheet of 10 KB can ask for terabytes of memory."""

import contextlib
import io
import json
import re
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from meetings.lists.faults import Unreadable

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# 100,000 rows of 60 columns; the large sheets among it are read in pieces.
MAX_UNPACKED = 256 * 1024 * 1024
# Text as spreadsheets write it packs about tenfold; what packs hundredfold was made to burst.
MOST_PACKED = 400
MAX_MEMBERS = 2_000
# What the child may compute, and how long a book may stay open while its rows are stored.
SECONDS, OPEN_SECONDS = 40, 300
TOO_LARGE = 9

_SCRIPT = Path(__file__).with_name("workbook.py")
_PIECE = 256 * 1024
# The reader calls a locked file broken. A stream named EncryptedPackage; FILEPASS after the first record of Excel 97;
# what OpenDocument says of itself.
_LOCKS = (
    re.compile("EncryptedPackage".encode("utf-16-le")),
    re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL),
)
_MANIFEST = "META-INF/manifest.xml"


def check(body: bytes) -> None:
    """Refuse an archive that unpacks to far too much, whatever it says of itself.

    Raises: Unreadable ("unpacked", "broken", "password").
    """
    if body.startswith(OLE) and any(lock.search(body) for lock in _LOCKS):
        raise Unreadable("password")
    if not body.startswith(ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable("broken") from error
    unpacked = sum(member.file_size for member in members)
    bursting = any(member.file_size > MOST_PACKED * max(member.compress_size, 1024) for member in members)
    if unpacked > MAX_UNPACKED or bursting or len(members) > MAX_MEMBERS:
        raise Unreadable("unpacked", limit=MAX_UNPACKED // 1024 // 1024)
    for member in members:
        begun = _check_honest(memoryview(body), member)
        if member.flag_bits & 1 or (member.filename == _MANIFEST and b"encryption-data" in begun):
            raise Unreadable("password")


def _check_honest(body: memoryview, member: zipfile.ZipInfo) -> bytes:
    """Unpack a part as far as it says it goes: readers of spreadsheets do not look at what it says; give its beginning."""
    at = member.header_offset
    if len(body) < at + 30 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("broken")
    begin = at + 30 + sum(struct.unpack_from("<HH", body, at + 26))
    if member.compress_type == zipfile.ZIP_STORED or member.flag_bits & 1:
        return bytes(body[begin : begin + min(member.file_size, _PIECE)])
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    left, rest, first = member.file_size, body[begin : begin + member.compress_size], b""
    try:
        while not engine.eof and left >= 0 and (piece := engine.decompress(rest, _PIECE)):
            left, rest, first = left - len(piece), engine.unconsumed_tail, first or piece
    except zlib.error as error:
        raise Unreadable("broken") from error
    if left < 0:
        raise Unreadable("unpacked", limit=MAX_UNPACKED // 1024 // 1024)
    return first


class Workbook:
    """A workbook that is open in a child process; use it as a context, it ends the child."""

    def __init__(self, body: bytes, *, most_rows: int, most_columns: int, look_at: int, wanted: str = "") -> None:
        check(body)
        limits = (str(most_rows), str(most_columns), str(look_at), str(SECONDS))
        self._limits = {"rows": most_rows, "columns": most_columns}
        # A file, not a pipe: the child may fill it while nobody reads.
        self._noise = tempfile.TemporaryFile()  # noqa: SIM115
        self._child = subprocess.Popen(
            [sys.executable, "-I", str(_SCRIPT), *limits],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._noise, env={},
        )  # fmt: skip
        self._late = threading.Event()
        self._watch = threading.Timer(OPEN_SECONDS, self._end_late)
        self._watch.daemon = True
        self._watch.start()
        self._write(json.dumps({"length": len(body), "wanted": wanted}).encode() + b"\n")
        self._write(body)

    def __enter__(self) -> "Workbook":
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.cancel()
        self._child.kill()
        for stream in (self._child.stdin, self._child.stdout, self._noise):
            with contextlib.suppress(OSError):
                stream.close()
        self._child.wait()

    def sheets(self) -> Iterator[dict[str, Any]]:
        """Give what the child tells as it finds it: first the `names` of all sheets, each with whether it is hidden, then
        of each that it looks into sheet, rows, columns, and its top lines unless it is too large.

        Raises: Unreadable.
        """
        return self._answers("survey")

    def rows(self, sheet: str) -> Iterator[list[str]]:
        """Give the rows of a sheet as they come, from its first corner, empty ones too.

        Raises: Unreadable, also while reading.
        """
        self._write(json.dumps(sheet).encode() + b"\n")
        for some in self._answers("rows"):
            yield from some

    def _write(self, said: bytes) -> None:
        # A child that ended says why with its exit code, which is asked for when its answers end.
        with contextlib.suppress(OSError):
            self._child.stdin.write(said)
            self._child.stdin.flush()

    def _answers(self, until: str) -> Iterator[Any]:
        for line in self._child.stdout:
            told = json.loads(line)
            if isinstance(told, dict) and until in told and told[until] == "done":
                return
            if isinstance(told, dict) and "error" in told:
                limit = self._limits.get(told["error"], 0)
                raise Unreadable(told["error"], sheet=told.get("sheet", ""), limit=limit)
            yield told
        raise self._ended()

    def _ended(self) -> Unreadable:
        code = self._child.wait()
        if self._late.is_set() or code == -signal.SIGXCPU:
            return Unreadable("too_slow", limit=SECONDS)
        # A negative code is a signal: the limit of memory ends the process.
        if code < 0 or code == TOO_LARGE:
            return Unreadable("unpacked", limit=MAX_UNPACKED // 1024 // 1024)
        return Unreadable("broken")

    def _end_late(self) -> None:
        self._late.set()
        self._child.kill()
