"""A worker is cut off while it reads or writes a list: nothing is lost, nothing is there twice."""

import pytest
from django.utils import timezone

from meetings.lists import batches
from meetings.models import ExpectedPerson, Upload, UploadChunk, UploadLine
from tests.factories import make_list, make_meeting, make_member
from tests.flows.test_kills import wait_until
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]
ROWS = 30_000


def test_a_list_of_thirty_thousand_survives_a_worker_killed_while_reading_and_while_writing(stack: Stack) -> None:
    meeting = make_meeting(make_member())
    guests = make_list(meeting)
    text = "姓名,编号\n" + "".join(f"客户{number},C{number}\n" for number in range(ROWS))
    upload = batches.receive(guests, text.encode(), name="a.csv", origin=Upload.Origin.FILE, by=meeting.owner, now=timezone.now())
    wait_until(lambda: UploadChunk.objects.filter(upload=upload).count() >= 3)
    stack.kill_worker()
    upload.refresh_from_db()
    assert upload.state == "reading", "the worker was killed too late to prove anything"
    stack.restart_worker()
    wait_until(lambda: Upload.objects.get(pk=upload.pk).state == "waiting", patience=90)
    upload.refresh_from_db()
    assert (upload.rows, upload.chunks.count(), upload.lines.filter(effect="new").count()) == (ROWS, ROWS // 1000, ROWS)
    batches.confirm(upload, upload.digest, by=meeting.owner)
    job = upload_job(upload)
    wait_until(lambda: upload_job(upload).state == "running")
    stack.kill_worker()
    assert (upload_job(upload).state, ExpectedPerson.objects.count(), job.task) == ("running", 0, "meetings.write_upload")
    stack.restart_worker()
    wait_until(lambda: Upload.objects.get(pk=upload.pk).state == "confirmed", patience=90)
    assert (meeting.people.present().count(), guests.listings.count(), guests.versions.count()) == (ROWS, ROWS, 1)
    assert (UploadChunk.objects.count(), UploadLine.objects.count()) == (0, 0)


def upload_job(upload: Upload) -> batches.Job:
    return batches.Job.objects.filter(subject=batches.subject_of(upload), task="meetings.write_upload").latest("pk")
