"""Files a worker makes: asked for once, kept sealed for a day, fetched by whoever asked and nobody else."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone, translation

from attendance import keeping, runs
from attendance.models import Export, ExportPiece, MatchRun
from meetings.models import Meeting, Occurrence
from portal.accounts.models import Membership
from portal.audit.models import Entry
from portal.jobs.models import Job
from tests.attendance import hall

pytestmark = pytest.mark.django_db


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    """A small meeting that counts as a large one."""
    occurrence = hall.full_hall(member)
    run = runs.current_run(occurrence)
    MatchRun.objects.filter(pk=run.pk).update(counts=run.counts | {"expected": keeping.LARGE + 1})
    Job.objects.all().delete()
    return occurrence


@pytest.fixture
def client(member: Membership) -> Client:
    return hall.browser(member)


def ask(client: Client, occurrence: Occurrence, kind: str = "xlsx", **more: str) -> Export:
    answer = client.post(hall.address(occurrence.meeting, "attendance/exports/"), {"kind": kind, **more})
    assert answer.status_code == 302
    return Export.objects.first()


def own(occurrence: Occurrence, export: Export, rest: str = "") -> str:
    return hall.address(occurrence.meeting, f"attendance/exports/{export.pk}/{rest}")


def test_a_long_file_is_asked_for_made_and_fetched(client: Client, occurrence: Occurrence, run_jobs) -> None:
    led = client.get(hall.address(occurrence.meeting, "attendance/export.xlsx?state=absent"))
    assert (led.status_code, led["Location"]) == (302, hall.address(occurrence.meeting, "attendance/exports/?state=absent"))
    assert 'value="state=absent"' in client.get(led["Location"]).content.decode()
    export = ask(client, occurrence, query="state=absent")
    waiting = client.get(own(occurrence, export))
    assert (waiting.status_code, "hx-get" in waiting.content.decode()) == (200, True)
    assert client.get(own(occurrence, export, "file/")).status_code == 404
    run_jobs()
    ready = client.get(own(occurrence, export))
    assert (ready.status_code, "Download" in ready.content.decode()) == (286, True)
    answer = client.get(own(occurrence, export, "file/"))
    body = answer.getvalue()
    assert (len(body), answer["Content-Length"]) == (Export.objects.get().size, str(len(body)))
    assert [row[0].value for row in openpyxl.load_workbook(io.BytesIO(body))["Results"].iter_rows(min_row=2)] == ["赵思远"]


def test_a_short_meeting_gives_its_files_at_once(client: Client, member: Membership) -> None:
    occurrence = hall.full_hall(member)
    for kind, start in (("xlsx", b"PK"), ("pdf", b"%PDF"), ("csv", "\ufeff".encode())):
        assert client.get(hall.address(occurrence.meeting, f"attendance/export.{kind}")).getvalue().startswith(start)
    assert Export.objects.count() == 0


@pytest.mark.parametrize("kind", ["xlsx", "csv", "pdf"])
def test_a_file_speaks_the_language_it_was_asked_for_in(member: Membership, occurrence: Occurrence, kind: str, run_jobs) -> None:
    export = ask(hall.browser(member, "zh-CN"), occurrence, kind)
    with translation.override("en"):
        run_jobs()
    body = b"".join(keeping.content(export))
    if kind == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(body)).sheetnames[0] == "结果"
    elif kind == "csv":
        assert body.decode("utf-8-sig").startswith("姓名,")
    else:
        assert body.startswith(b"%PDF")


def test_the_same_file_asked_for_twice_is_made_once(client: Client, occurrence: Occurrence, run_jobs) -> None:
    ask(client, occurrence)
    ask(client, occurrence)
    run_jobs()
    ask(client, occurrence)
    assert Export.objects.count() == 1
    ask(client, occurrence, query="state=absent")
    assert Export.objects.count() == 2
    MatchRun.objects.update(live=True)
    ask(client, occurrence)
    assert Export.objects.count() == 3


def test_only_whoever_asked_may_see_and_fetch_it(client: Client, occurrence: Occurrence, run_jobs) -> None:
    export = ask(client, occurrence)
    run_jobs()
    for role in ("administrator", "organiser", "compliance"):
        other = hall.browser(hall.colleague(occurrence, role))
        assert {other.get(own(occurrence, export, rest)).status_code for rest in ("", "file/")} == {404}
        assert export.file_name not in other.get(hall.address(occurrence.meeting, "attendance/exports/")).content.decode()


def test_who_no_longer_sees_the_meeting_no_longer_fetches_its_files(occurrence: Occurrence, run_jobs) -> None:
    viewer = hall.colleague(occurrence, "viewer")
    export = ask(hall.browser(viewer), occurrence)
    run_jobs()
    occurrence.meeting.shares.all().delete()
    assert hall.browser(viewer).get(own(occurrence, export, "file/")).status_code == 404


def test_a_file_lies_sealed_and_is_gone_after_a_day(client: Client, occurrence: Occurrence, run_jobs, monkeypatch) -> None:
    monkeypatch.setattr(keeping, "PIECE", 50)
    export = ask(client, occurrence, "csv", query="q=周晓梅")
    run_jobs()
    stored = [bytes(row[0]) for row in ExportPiece.objects.extra(select={"raw": "CAST(body AS BLOB)"}).values_list("raw")]
    assert len(stored) > 2 and not any("周晓梅".encode() in piece for piece in stored)
    assert "周晓梅" in b"".join(keeping.content(export)).decode()
    assert keeping.expire(timezone.now() + timedelta(hours=23)) == 0
    assert keeping.expire(timezone.now() + timedelta(hours=25)) == 1
    assert (Export.objects.count(), ExportPiece.objects.count()) == (0, 0)


def test_an_expired_file_is_not_given_although_nobody_deleted_it_yet(client: Client, occurrence: Occurrence, run_jobs) -> None:
    export = ask(client, occurrence)
    run_jobs()
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(own(occurrence, export, "file/")).status_code == 404


def test_whole_numbers_need_a_reason_and_the_right_until_they_are_fetched(
    client: Client, member: Membership, occurrence: Occurrence, run_jobs
) -> None:
    answer = client.post(hall.address(occurrence.meeting, "attendance/export/"), {"kind": "csv", "reason": "回访 客户"})
    export = Export.objects.get()
    assert (answer.status_code, export.full, Entry.objects.filter(action="results.exported").count()) == (302, True, 1)
    run_jobs()
    assert "13800000001" in client.get(own(occurrence, export, "file/")).getvalue().decode()
    Meeting.objects.update(owner=None)
    hall.Share.objects.create(meeting=occurrence.meeting, user=member.user)
    assert client.get(own(occurrence, export, "file/")).status_code == 403


def test_progress_is_written_and_what_a_dead_worker_left_is_replaced(client: Client, occurrence: Occurrence, run_jobs) -> None:
    export = ask(client, occurrence)
    ExportPiece.objects.create(export=export, number=0, body=b"half of it")
    run_jobs()
    job = keeping.job_of(export)
    assert (job.state, job.wanted, job.made > 0) == (Job.State.DONE, 12, True)
    assert b"".join(keeping.content(export)).startswith(b"PK")


def test_a_file_of_another_kind_is_refused_in_words(client: Client, occurrence: Occurrence) -> None:
    answer = client.post(hall.address(occurrence.meeting, "attendance/exports/"), {"kind": "exe"}, follow=True)
    assert "There is no such file." in answer.content.decode()
    assert Export.objects.count() == 0
