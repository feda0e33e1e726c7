"""What hostile files may cost, and how much a large list takes."""

import subprocess
import sys
from pathlib import Path

import pytest

from meetings.lists.reading import MAX_ROWS, from_text, letter, shown_name
from tests.data.lists.hostile import BOMBS
from tests.data.lists.kinds import Kind

ROOT = Path(__file__).resolve().parents[2]
# Seconds of work and megabytes more than a small file takes, here and in the child.
MOST_SECONDS, MOST_MEGABYTES = 2, 150
MEASURE = """
import os, resource, sys
from meetings.lists.faults import Unreadable
from meetings.lists.reading import opened

def peak(who):
    return resource.getrusage(who).ru_maxrss // 1024

body = open(sys.argv[2], "rb").read()
begun, held = sum(os.times()[:4]), peak(resource.RUSAGE_SELF)
try:
    with opened(sys.argv[1], body) as sheet:
        print(sum(1 for _ in sheet.rows))
except Unreadable as error:
    print(error.code)
print(peak(resource.RUSAGE_SELF) - held, peak(resource.RUSAGE_CHILDREN), sum(os.times()[:4]) - begun)
"""


def cost(file_name: str, body: bytes, folder: Path) -> tuple[str, int, int, float]:
    """Read a file in a fresh process: what came of it, megabytes more there and in all of its child, seconds of work."""
    path = folder / "body"
    path.write_bytes(body)
    command = [sys.executable, "-c", MEASURE, file_name, str(path)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout.split()
    return told[0], int(told[1]), int(told[2]), float(told[3])


@pytest.mark.parametrize("kind", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_costs_little(kind: Kind, tmp_path: Path) -> None:
    code, here, child, seconds = cost(kind.file_name, kind.body(), tmp_path)
    assert code == kind.outcome.code
    assert here < MOST_MEGABYTES
    # An idle child has 15 MB or so.
    assert child < MOST_MEGABYTES + 15
    assert seconds < MOST_SECONDS


def test_a_list_of_a_hundred_thousand_is_not_held_whole(tmp_path: Path) -> None:
    body = "姓名,手机号\n" + "".join(f"张三,138{number:08d}\n" for number in range(MAX_ROWS))
    code, here, _, _ = cost("a.csv", body.encode(), tmp_path)
    assert (code, here < 60) == (str(MAX_ROWS), True)


def test_columns_have_letters_where_headings_are_missing() -> None:
    assert [letter(0), letter(25), letter(26), letter(701), letter(702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_long_word_is_told_quickly_from_a_list() -> None:
    assert [line.number for line in from_text("(" * 300_000).rows] == [1]


NAMES = {
    "../../etc/名单.csv": "名单.csv",
    "C:\\lists\\名单.csv": "名单.csv",
    "名单\0.csv": "名单.csv",
    "名单\u202evsc.exe": "名单vsc.exe",
    "..": "list",
    "x" * 300 + ".csv": "x" * 251 + ".csv",
}


@pytest.mark.parametrize(("given", "shown"), NAMES.items())
def test_a_file_is_shown_by_a_name_that_can_do_nothing(given: str, shown: str) -> None:
    assert shown_name(given) == shown
