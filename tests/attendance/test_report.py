"""Files somebody opens in a spreadsheet: harmless cells, masked phones, named zone, reasons in words."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import translation

from attendance import files, report, review
from attendance.models import MatchRun, Outcome, Visit
from attendance.review import Verb
from meetings.models import Occurrence
from tests.attendance import stage
from tests.factories import make_meeting, make_member, make_person

pytestmark = pytest.mark.django_db

PAYLOADS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", " =1", "=HYPERLINK(\"http://x\")", "http://x.example/"]


@pytest.fixture
def occurrence() -> Occurrence:
    """A meeting that is over, with a list and participants whose names are formulas."""
    meeting = make_meeting(make_member(), subject="=cmd|' /C calc'!A0: 路演?", zone="Asia/Tokyo")
    occurrence = meeting.occurrences.get()
    occurrence.state = Occurrence.State.SETTLING
    occurrence.save()
    start = int(occurrence.start_at.timestamp())
    for number, text in enumerate(PAYLOADS):
        make_person(meeting, text, number, company=text, title=text, code=text)
        Visit.objects.create(
            occurrence=occurrence, ms_open_id=f"m{number}", instanceid=1, join_time=start + 60,
            left_time=start + 60 * number + 60, user_name=text,
        )  # fmt: skip
    stage.rematch(occurrence)
    return occurrence


def lines(run: MatchRun, **more: object) -> list[list[str]]:
    text = "".join(files.csv_lines(run, results=report.result_rows(run), **more))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def sheets(run: MatchRun) -> dict[str, list[tuple]]:
    with files.workbook(run, results=report.result_rows(run)) as packed:
        book = openpyxl.load_workbook(packed)
        kinds = {cell.data_type for page in book for row in page for cell in row if cell.value is not None}
        assert kinds <= {"s", "n"}
        assert not any(cell.hyperlink for page in book for row in page for cell in row)
        return {page.title: list(page.values) for page in book}


def test_no_cell_of_either_file_can_be_taken_for_a_formula(occurrence) -> None:
    run = stage.current(occurrence)
    cells = [cell for row in lines(run) for cell in row]
    cells += [cell for rows in sheets(run).values() for row in rows for cell in row if isinstance(cell, str)]
    assert [cell for cell in cells if cell.strip().startswith(("=", "+", "-", "@", "＝"))] == []
    assert "'=1+1" in cells


def test_names_come_back_from_both_files_as_they_were_apart_from_the_guard(occurrence) -> None:
    run = stage.current(occurrence)
    with translation.override("en"):
        from_csv = [row[0] for row in lines(run)[1:]]
        from_book = [row[0] for row in sheets(run)["Results"][1:]]
    assert from_csv == from_book
    assert [name.removeprefix("'") for name in from_csv] == PAYLOADS


def test_phones_are_masked_unless_the_full_file_was_asked_for(occurrence) -> None:
    run = stage.current(occurrence)
    assert [row[3] for row in lines(run)[1:4]] == ["138****0000", "138****0001", "138****0002"]
    assert [row[3] for row in lines(run, full_phones=True)[1:3]] == ["13800000000", "13800000001"]


def test_the_file_holds_the_rows_of_the_page(occurrence) -> None:
    run = stage.current(occurrence)
    chosen = report.result_rows(run).filter(state=Outcome.State.ABSENT)
    text = "".join(files.csv_lines(run, results=chosen))
    assert text.count("\r\n") - 1 == chosen.count() == run.counts["absent"]


def test_times_stand_in_the_meetings_zone_which_is_named(occurrence) -> None:
    run = stage.current(occurrence)
    person = occurrence.meeting.people.first()
    review.decide(occurrence.participants.get(ms_open_id="m0"), Verb.ASSIGN, person, occurrence.meeting.owner)
    run = stage.current(occurrence)
    with translation.override("en"):
        heading, row = lines(run)[:2]
    at = heading.index("First join (Asia/Tokyo)")
    assert row[at] == (occurrence.start_at + timedelta(minutes=1, hours=9)).strftime("%Y-%m-%d %H:%M:%S")
    assert row[heading.index("Proved by")] == "decision of a colleague"


def test_the_workbook_says_why_and_under_which_rules(occurrence) -> None:
    review.decide(
        occurrence.participants.get(ms_open_id="m0"), Verb.ASSIGN, occurrence.meeting.people.first(),
        occurrence.meeting.owner,
    )  # fmt: skip
    with translation.override("en"):
        found = sheets(stage.current(occurrence))
    assert list(found) == ["Results", "Evidence", "Visits", "Rules and version"]
    assert "A colleague confirmed this person." in " ".join(map(str, found["Evidence"][1]))
    assert len(found["Visits"]) == len(PAYLOADS) + 1
    rules = dict(found["Rules and version"])
    told = [rules[name] for name in ("Time zone of all times", "Version of the results", "Matching policy", "Standing")]
    assert told == ["Asia/Tokyo", 2, "strict-4", "settling"]
    assert rules["Attended from (share of the window in %)"] == 50


def test_a_file_name_is_one_every_system_takes(occurrence) -> None:
    name = report.file_name(stage.current(occurrence), "csv")
    day = occurrence.start_at + timedelta(hours=9)
    assert name == f"=cmd ' C calc'!A0 路演 {day:%Y-%m-%d}.csv"


def test_the_evidence_has_a_line_for_each_candidate_with_factors_chance_and_rivals(occurrence) -> None:
    run = stage.current(occurrence)
    first, second = occurrence.meeting.people.order_by("pk")[:2]
    match = run.matches.order_by("pk").first()
    match.candidates = [
        {"person": first.pk, "weight": 0.9, "for": [["base_rate", {}, -2.94], ["name_exact", {"said": "x"}, 5.3]], "against": []},
        {"person": second.pk, "weight": 0.08, "for": [], "against": [["company_differs", {"said": "a", "company": "b"}, -1.1]]},
    ]
    match.evidence, match.tier, match.person = [["names_only_propose", {}]], "likely", None
    match.save()
    with translation.override("en"):
        heading, *rows = sheets(run)["Evidence"]
    lines = [dict(zip(heading, row, strict=True)) for row in rows[:2]]
    assert [(each["Chance (%)"], each["Before anything was seen (%)"]) for each in lines] == [(90, 5.0211), (8, None)]
    assert lines[0]["Speaks for"] == "The displayed name is the person's name (x). (×200)"
    assert lines[1]["Speaks against"] == "The displayed company is another (a, listed as b). (÷3)"
    assert (lines[0]["Rivals"], lines[1]["Rivals"]) == ("'+1 (8 %)", "'=1+1 (90 %)")
    assert lines[0]["What else was said"] == "Under the strict policy a name only proposes."


def test_what_xml_cannot_hold_leaves_a_workbook_that_opens(occurrence) -> None:
    occurrence.meeting.people.update(name="a\x0bb\x1fc<&>\ufffe \n𠮷")
    run = stage.current(occurrence)
    with translation.override("en"):
        assert sheets(run)["Results"][1][0] == "abc<&> \n𠮷"
