"""The ground floor's small rooms: ciphers, phones, the audit chain, the queue of record."""

import json
import logging
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.utils import timezone

from portal import crypto, phones
from portal.accounts.models import Installation
from portal.audit import chain
from portal.audit.models import Entry, Head
from portal.jobs import queue, work
from portal.jobs.models import Job
from tests.factories import make_member, phone

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


class TestCiphers:
    def test_a_former_key_still_opens_and_the_first_one_seals(self, settings) -> None:
        settings.FIELD_KEYS = [OLD]
        sealed = crypto.seal(b"secret")
        settings.FIELD_KEYS = [NEW, OLD]
        assert crypto.open_sealed(sealed) == b"secret"
        again = crypto.reseal(sealed)
        settings.FIELD_KEYS = [NEW]
        assert crypto.open_sealed(again) == b"secret"
        with pytest.raises(crypto.Undecryptable):
            crypto.open_sealed(sealed)

    @pytest.mark.django_db
    def test_a_token_does_not_lie_in_the_database_in_clear(self) -> None:
        member = make_member()
        Installation.objects.create(organisation=member.organisation, user=member.user, sdk_id="1", open_id="o",
                                    access_token="token-in-clear", refresh_token="refresh-in-clear")  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("SELECT access_token, refresh_token FROM accounts_installation")
            assert "in-clear" not in "".join(cursor.fetchone())
        assert Installation.objects.get().access_token == "token-in-clear"

    def test_an_index_hash_depends_on_kind_text_and_key(self, settings) -> None:
        settings.INDEX_KEY = "one"
        hashes = {crypto.index_hash("phone", "1"), crypto.index_hash("phone", "2"), crypto.index_hash("code", "1")}
        settings.INDEX_KEY = "two"
        assert len(hashes | {crypto.index_hash("phone", "1")}) == 4
        assert crypto.index_hash("phone", "") == ""


class TestPhones:
    @pytest.mark.parametrize(
        "written",
        ["13800000001", "138 0000 0001", "138-0000-0001", "+8613800000001", "008613800000001", "１３８００００００００１"[:11],
         "13800000001.0", "1.3800000001E10", "1.3800000001e+10"],
    )  # fmt: skip
    def test_one_number_is_read_however_it_is_written(self, written: str) -> None:
        expected = "+8613800000000" if "８" in written else phone(1)
        assert phones.parse(written).e164 == expected

    @pytest.mark.parametrize(
        ("written", "reason"),
        [("138000000o1", "letters"), ("1380000000", "length"), ("138000000011", "length"), ("13800000001/13800000002", "several"),
         ("12", "length"), ("", "unknown")],
    )  # fmt: skip
    def test_what_is_no_number_says_why(self, written: str, reason: str) -> None:
        with pytest.raises(phones.BadPhone) as error:
            phones.parse(written)
        assert error.value.reason == reason

    def test_foreign_numbers_keep_their_area(self) -> None:
        found = phones.parse("+852 5123 4567")
        assert (found.area, found.national, found.mobile) == ("852", "51234567", True)

    def test_a_masked_number_cannot_be_called(self) -> None:
        assert (phones.mask(phone(1)), phones.mask("+85251234567"), phones.mask("123")) == (
            "138****0001",
            "+85****4567",
            "***",
        )

    def test_numbers_are_scrubbed_wherever_they_stand_and_ids_are_not(self) -> None:
        text = "张三13800000001 and +86 138-0000-0002, meeting 18357763596888459343"
        assert phones.scrub(text) == "张三138****0001 and 138****0002, meeting 18357763596888459343"

    def test_numbers_are_scrubbed_however_people_write_them_into_a_name(self) -> None:
        written = ["Tom13800000001", "zhang_13800000001", "13800000001abc", "13800000001.", "张三１３８００００００１１",
                   "138.0000.0001", "+86 138 0000 0001"]  # fmt: skip
        assert [phones.scrub(name) for name in written] == [
            "Tom138****0001", "zhang_138****0001", "138****0001abc", "138****0001.", "张三138****0011",
            "138****0001", "138****0001",
        ]  # fmt: skip
        figures = "1.13800000001 13800000001.5 138.00000001"
        assert phones.scrub(figures) == figures

    def test_a_log_line_holds_neither_number_nor_one_time_code(self, capsys) -> None:
        event = {
            "event": "call of 13800000001",
            "request": "GET /install/tencent/login/callback/?auth_code=abc&state=x",
            "n": 1,
        }
        clean = phones.scrub_event(None, "info", event)
        assert clean == {"event": "call of 138****0001", "request": "GET /install/tencent/login/callback/", "n": 1}


@pytest.mark.django_db
class TestAudit:
    def entries(self) -> str:
        member = make_member()
        for number in range(4):
            chain.record(
                "test.done",
                actor=member.user,
                organisation=member.organisation_id,
                subject=f"thing {number}",
                number=number,
            )
        return str(member.organisation_id)

    def test_an_untouched_chain_holds(self) -> None:
        assert chain.check(self.entries()) is None

    @pytest.mark.parametrize(
        ("tampering", "number", "reason"),
        [
            (lambda rows: rows.filter(number=2).update(detail={"number": 9}), 2, "changed"),
            (lambda rows: rows.filter(number=2).update(actor="somebody else"), 2, "changed"),
            (lambda rows: rows.filter(number=2).delete(), 2, "missing"),
            (lambda rows: rows.filter(number=4).delete(), 4, "tail"),
            (lambda rows: rows.all().delete(), 1, "tail"),
        ],
    )
    def test_every_tampering_is_found_at_its_place(self, tampering, number: int, reason: str) -> None:
        organisation = self.entries()
        tampering(Entry.objects.filter(organisation=organisation))
        found = chain.check(organisation)
        assert (found.number, found.reason) == (number, reason)

    def test_swapped_entries_are_found(self) -> None:
        organisation = self.entries()
        rows = Entry.objects.filter(organisation=organisation)
        rows.filter(number=2).update(number=99)
        rows.filter(number=3).update(number=2)
        rows.filter(number=99).update(number=3)
        assert chain.check(organisation).reason == "reordered"

    def test_a_chain_rewritten_without_the_key_is_found(self, settings) -> None:
        organisation = self.entries()
        settings.AUDIT_KEY = "the thief's"
        Entry.objects.filter(organisation=organisation).delete()
        Head.objects.filter(organisation=organisation).delete()
        chain.record("test.forged", actor="thief", organisation=organisation)
        settings.AUDIT_KEY = "development-only-audit"
        assert chain.check(organisation).reason == "changed"


@pytest.mark.django_db
class TestQueue:
    def put(self, **more: object) -> Job:
        return queue.enqueue("test.task", subject="test", thing=1, **more)

    def test_of_the_same_work_one_job_waits(self) -> None:
        assert self.put().pk == self.put().pk
        assert self.put().pk != queue.enqueue("test.task", subject="test", thing=2).pk

    def test_work_due_earlier_brings_the_waiting_job_forward(self) -> None:
        later = timezone.now() + timedelta(hours=1)
        job = self.put(due_at=later)
        self.put()
        job.refresh_from_db()
        assert job.due_at < later

    def test_what_changes_while_its_like_runs_waits_behind_it_and_is_not_lost(self) -> None:
        running = queue.claim(self.put().pk)
        behind = self.put()
        assert behind.pk != running.pk
        assert self.put().pk == behind.pk
        assert queue.claim(behind.pk) is None
        queue.finish(running)
        assert queue.claim(behind.pk).pk == behind.pk

    def test_one_of_two_workers_gets_the_job(self) -> None:
        job = self.put()
        assert [queue.claim(job.pk) is not None for _ in range(2)] == [True, False]

    def test_a_worker_that_lost_its_lease_cannot_write(self) -> None:
        job = queue.claim(self.put().pk)
        queue.sweep(timezone.now() + timedelta(hours=1))
        with pytest.raises(queue.LostLease):
            queue.progress(job, made=1)
        with pytest.raises(queue.LostLease):
            queue.finish(job)

    def test_a_job_that_kills_its_workers_is_parked(self) -> None:
        job = self.put()
        for hours in range(1, 6):
            Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
            assert queue.claim(job.pk) is not None
            queue.sweep(timezone.now() + timedelta(hours=hours))
        job.refresh_from_db()
        assert (job.state, job.error_code, job.crashes) == (Job.State.FAILED, "worker_lost", 5)

    def test_a_parked_job_can_be_started_again(self) -> None:
        job = queue.claim(self.put().pk)
        queue.fail(job, "some_reason")
        assert queue.start_again(job)
        job.refresh_from_db()
        assert (job.state, job.attempts) == (Job.State.WAITING, 0)
        assert not queue.start_again(job)

    def test_scheduled_work_is_queued_once_a_period(self) -> None:
        jobs = [queue.enqueue_once("test.nightly", subject="schedule", period="2026-11-20") for _ in range(3)]
        queue.finish(queue.claim(jobs[0].pk))
        assert queue.enqueue_once("test.nightly", subject="schedule", period="2026-11-20").pk == jobs[0].pk

    @pytest.mark.parametrize(
        ("error", "state", "code"),
        [
            (type("Later", (Exception,), {"retry_after": 5}), "waiting", "Later"),
            (type("Known", (Exception,), {"code": "known_reason"}), "failed", "known_reason"),
            (type("Platform", (Exception,), {"error_code": 9042}), "failed", "Platform"),
            (ZeroDivisionError, "waiting", "defect"),
        ],
    )
    def test_how_a_task_ends_is_sorted_by_what_can_be_done(
        self, error: type[Exception], state: str, code: str, caplog
    ) -> None:
        job = self.put()

        def task(job: Job, *, thing: int) -> None:
            raise error

        with caplog.at_level(logging.CRITICAL):
            work.run(job.pk, task)
        job.refresh_from_db()
        assert (job.state, job.error_code) == (state, code)
        assert json.dumps(job.error_detail)

    def test_a_broker_that_is_away_delays_nothing_and_loses_nothing(
        self, django_capture_on_commit_callbacks, settings
    ) -> None:
        from celery import current_app

        address = current_app.conf.broker_url
        current_app.conf.broker_url = "redis://127.0.0.1:1/0"
        # As in a fork: connections to the broker of before are forgotten, not closed for the tests that follow.
        current_app._after_fork()
        begun = timezone.now()
        try:
            with django_capture_on_commit_callbacks(execute=True):
                job = self.put()
        finally:
            current_app.conf.broker_url = address
            current_app._after_fork()
            queue._broker.away_until = 0.0
        assert (timezone.now() - begun).total_seconds() < 3
        job.refresh_from_db()
        assert (job.state, job.sent_at) == (Job.State.WAITING, None)
