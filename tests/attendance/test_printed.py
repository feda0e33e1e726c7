"""The report for print, read back by another program: words, figures, masked numbers, rare characters, pages."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import reportlab
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation

from attendance import paper, printed, report, runs
from attendance.models import MatchRun, Participant
from meetings.models import Occurrence
from portal import settings as house
from tests import factories
from tests.attendance import hall

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed"),
]


LONG = "星河证券股份有限公司上海分公司营业部" * 3


@pytest.fixture
def occurrence() -> Occurrence:
    return hall.full_hall(factories.make_member(name="林小满"))


def read(occurrence: Occurrence, tmp_path: Path, language: str = "en", **narrowed: str) -> str:
    """Make the report and give its text, line by line."""
    run = runs.current_run(occurrence)
    rows = report.result_rows(run).filter(**narrowed)
    with translation.override(language), printed.report(run, results=rows, by=occurrence.meeting.owner) as packed:
        (tmp_path / "report.pdf").write_bytes(packed.read())
    told = subprocess.run(["pdftotext", "-layout", tmp_path / "report.pdf", "-"], capture_output=True, check=True)
    assert told.stderr == b""
    return told.stdout.decode()


def test_it_says_what_was_counted_who_came_and_who_made_it(occurrence: Occurrence, tmp_path: Path) -> None:
    text = read(occurrence, tmp_path)
    for words in ("Attendance report · settling", "at least 50% of the window", "policy strict",
                  "Asia/Shanghai", "by 林小满", "Expected people", "Walk-ins (1)", "外星来客", "How people were recognised",
                  "Checked by"):  # fmt: skip
        assert words in text, words
    assert re.search(r"林小满\s+1 ?/ ?1", text)
    assert re.search(r"1\s+周晓梅\s+公司0\s+138\*\*\*\*0001\s+attended\s+60\s+\S+–\S+\s+exclusive link", text)
    assert re.search(r"Came\s+2 \(50%\)", text)
    assert "13800000001" not in text


def test_it_speaks_chinese(occurrence: Occurrence, tmp_path: Path) -> None:
    text = read(occurrence, tmp_path, "zh-hans")
    assert set(re.findall(r"[A-Za-z]{4,}", text)) <= {"Asia", "Shanghai", "iPhone", "Excel"}
    assert "周晓梅" in text


def test_what_the_font_lacks_is_told_by_its_number_and_does_not_vanish(occurrence: Occurrence, tmp_path: Path) -> None:
    occurrence.meeting.people.filter(name="周晓梅").update(name="𠮷田䶮")
    Participant.objects.filter(name="外星来客").update(name="😀客\u200d 13800000009")
    text = read(occurrence, tmp_path)
    assert re.search(r"\[U\+20BB7\]田", text) and text.count("U+4DAE") == 2
    assert "[U+1F600]客 138****0009" in text
    assert "written as their Unicode number (U+20BB7, U+4DAE, U+1F600)" in text
    assert "13800000009" not in text


def test_final_and_live_results_say_so(occurrence: Occurrence, tmp_path: Path) -> None:
    MatchRun.objects.update(final=True, version=1)
    assert "Attendance report · Final v1" in read(occurrence, tmp_path)
    MatchRun.objects.update(final=False, live=True)
    assert "Attendance report · live" in read(occurrence, tmp_path)


def test_a_narrowed_report_says_how_many_it_leaves_out(occurrence: Occurrence, tmp_path: Path) -> None:
    text = read(occurrence, tmp_path, state="absent")
    assert "Only 1 of 4 people, narrowed by a filter." in text
    assert ("赵思远" in text, "周晓梅" in text) == (True, False)


def test_a_long_list_runs_over_pages_that_repeat_the_heading_and_count_themselves(occurrence: Occurrence, tmp_path: Path) -> None:
    for number in range(150):
        factories.make_person(occurrence.meeting, f"来宾{number}", 100 + number, company=LONG)
    hall.match(occurrence)
    pages = read(occurrence, tmp_path).split("\f")[:-1]
    assert len(pages) > 4
    assert all(re.search(rf" {number} ?/ ?{len(pages)}\n", page) for number, page in enumerate(pages, 1))
    assert sum("Company" in page for page in pages) >= len(pages) - 1
    assert sum(page.count("来宾") for page in pages) == 150


@pytest.mark.parametrize("text", ["Zhang Xiaoming of the Very Long Company Name Limited", "星河证券" * 20, "x" * 200, " ", ""])
def test_lines_fit_and_lose_nothing(text: str) -> None:
    page = paper.Paper(io.BytesIO(), "t", "f")
    lines = page.wrap(text, 10, 120, most=99)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(paper._length(line) * 10 <= 120 for line in lines)


@pytest.fixture
def own_font(settings) -> Iterator[None]:
    """Let reports be drawn in a font of one's own, one that has no Chinese."""
    settings.PDF_FONT = str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf")
    caches = (paper._own_font, paper.font_of, paper._width, paper._length, paper._runs)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def test_a_font_of_ones_own_draws_what_it_has_and_the_others_the_rest(own_font, occurrence: Occurrence, tmp_path: Path) -> None:
    assert [paper.font_of(char) for char in "A张𠮷"] == [paper.OWN, paper.SONG, ""]
    assert "周晓梅" in read(occurrence, tmp_path)
    assert b"BitstreamVera" in (tmp_path / "report.pdf").read_bytes()


COLLECTION = b"ttcf" + b"\0" * 11 + b"\x10"


@pytest.mark.parametrize(
    ("head", "fits"),
    [(b"OTTO", False), (b"\0\1\0\0", True), (COLLECTION + b"OTTO", False), (COLLECTION + b"true", True), (None, False)],
)
def test_a_font_that_cannot_be_embedded_keeps_the_house_shut(
    head: bytes | None, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "font"
    if head is not None:
        place.write_bytes(head)
    monkeypatch.setenv("PDF_FONT", str(place))
    if fits:
        assert house.truetype("PDF_FONT") == str(place)
    else:
        with pytest.raises(ImproperlyConfigured):
            house.truetype("PDF_FONT")
