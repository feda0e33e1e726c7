"""The budget of calls: never over a limit, fair between jobs, room for people, and nobody stopped by Redis being away."""

import logging
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count, pairwise

import pytest
import redis
import time_machine
from django.urls import reverse
from django.utils import timezone

from portal.accounts import budget, counters, credentials, gauges
from portal.accounts.models import Installation
from portal.jobs import queue
from portal.jobs.models import Job
from portal.jobs.work import current, run
from portal.tencent import directory
from portal.tencent.budget import Slot, Unlimited
from portal.tencent.errors import OverBudget, Refused

READ, CREATE = "meetings.read", "meetings.create"
_subjects = count(1)


@pytest.fixture
def store(settings) -> Iterator[redis.Redis]:
    """Count calls, twenty a minute, in an empty store."""
    settings.TENCENT_RATE_PER_MINUTE = 20
    counters._reach.away_until = 0.0
    with redis.Redis.from_url(settings.REDIS_URL, decode_responses=True) as found:
        forget(found)
        yield found
        forget(found)


def forget(store: redis.Redis) -> None:
    if names := store.keys("rate:*"):
        store.delete(*names)


def pass_by(store: redis.Redis, seconds: float) -> None:
    """Let time pass for the windows: what was to be free at a moment is free so much earlier."""
    for name in [*store.keys("rate:*:slots"), *store.keys("rate:*:wants")]:
        for member in store.zrange(name, 0, -1):
            store.zincrby(name, -1000 * seconds, member)


def person(who: str = "open-1") -> Unlimited:
    return budget.of_user("20000000001", who)


def app(operator: str = "boss") -> Unlimited:
    return budget.of_app("app-1", "sdk-1", operator)


def of_job(make: Callable[[], Unlimited] = person) -> Unlimited:
    """Give the budget as a job of its own has it."""
    mark = current.set(Job(subject=f"meeting:{next(_subjects)}"))
    try:
        return make()
    finally:
        current.reset(mark)


def taken(meter: Unlimited, wanted: int, call: str = READ) -> list[Slot]:
    """Take so many slots, or as many as there are."""
    found = []
    for _ in range(wanted):
        try:
            found.append(meter.take(call))
        except OverBudget:
            break
    return found


def answer(slots: list[Slot]) -> None:
    for slot in slots:
        slot.answered()


class TestAWindow:
    def test_holds_the_limit_and_tells_when_there_is_room_again(self, store):
        answer(taken(person(), 20))
        with pytest.raises(OverBudget) as caught:
            person().take(READ)
        assert 60 < caught.value.retry_after <= 61.2
        assert (caught.value.call, caught.value.error_code, caught.value.is_failure) == (READ, None, False)

    def test_has_room_again_a_minute_after_the_answers(self, store):
        answer(taken(person(), 20))
        pass_by(store, 61.1)
        assert len(taken(person(), 1)) == 0
        pass_by(store, 0.2)
        assert len(taken(person(), 30)) == 20

    def test_counts_from_the_answer_for_the_platform_may_have_counted_as_late(self, store):
        slots = taken(person(), 20)
        pass_by(store, 20)
        answer(slots)
        pass_by(store, 59)
        assert taken(person(), 1) == []

    def test_keeps_what_got_no_answer_until_it_can_no_longer_arrive(self, store):
        taken(person(), 20)
        pass_by(store, 61.3 + 15)
        assert taken(person(), 1) == []
        pass_by(store, 9)
        assert len(taken(person(), 30)) == 20

    def test_gets_back_at_once_what_never_left(self, store):
        slots = taken(app(), 20)
        slots[0].unused()
        assert len(taken(app(), 5)) == 1
        assert int(store.get(f"{app().windows()['day'].key}:count")) == 20

    def test_belongs_to_one_caller(self, store):
        assert [len(taken(person(who), 30)) for who in ("open-1", "open-2")] == [20, 20]
        assert [len(taken(app(operator), 15)) for operator in ("boss", "other")] == [15, 5]

    def test_is_lifted_by_zero(self, store, settings):
        settings.TENCENT_RATE_PER_MINUTE = 0
        assert (len(taken(person(), 50)), store.keys("rate:*")) == (50, [])


class TestOtherLimits:
    def test_of_a_day_ends_at_midnight_in_shanghai(self, store, settings):
        settings.TENCENT_RATE_PER_DAY = 7
        assert len(taken(app(), 20)) == 7
        with pytest.raises(OverBudget) as caught:
            app().take(READ)
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        assert caught.value.retry_after == pytest.approx((midnight - timezone.now()).total_seconds(), abs=2)

    def test_of_a_day_is_documented_for_an_enterprises_own_app_only(self, store, settings):
        settings.TENCENT_RATE_PER_DAY = 7
        assert len(taken(person(), 20)) == 20

    def test_of_creations_holds_for_an_hour_and_a_person(self, store, settings):
        settings.TENCENT_RATE_CREATIONS_PER_HOUR = 3
        answer(taken(app(), 20, CREATE))
        assert (len(taken(app(), 1, CREATE)), len(taken(app("other"), 5, CREATE)), len(taken(app(), 5))) == (0, 3, 5)
        pass_by(store, 3673)
        assert len(taken(app(), 20, CREATE)) == 3

    def test_of_account_calls_takes_from_the_minute_of_all_calls_too(self, store, settings):
        settings.TENCENT_RATE_ACCOUNT_PER_MINUTE = 4
        windows = app().windows()
        assert (windows["account"].limit, windows["calls"].limit) == (4, 20)
        assert [window.kind for window in app().drawn_on(READ)] == ["calls", "day", "call"]


class TestJobs:
    def test_leave_a_twentieth_to_people_who_wait(self, store):
        assert (len(taken(of_job(), 30)), len(taken(person(), 30))) == (19, 1)

    @pytest.mark.parametrize(("eagerness", "least"), [(1, 19), (10, 9)])
    def test_share_alike_and_never_get_less_than_half_of_that(self, store, settings, eagerness, least):
        settings.TENCENT_RATE_PER_MINUTE = 100
        eager, *others = [of_job() for _ in range(5)]
        answer(taken(eager, 100))
        for meter in others:
            assert taken(meter, 1) == []
        pass_by(store, 62)
        got: Counter[int] = Counter()
        for _ in range(40):
            got[0] += len(taken(eager, eagerness))
            for number, meter in enumerate(others, 1):
                got[number] += len(taken(meter, 1))
        assert (sum(got.values()), min(got.values())) == (95, least)

    def test_alone_get_everything(self, store, settings):
        settings.TENCENT_RATE_PER_MINUTE = 100
        assert len(taken(of_job(), 200)) == 95

    def test_that_stopped_asking_hold_nothing_up(self, store, settings):
        settings.TENCENT_RATE_PER_MINUTE = 100
        one, other = of_job(), of_job()
        assert (len(taken(one, 1)), len(taken(other, 200))) == (1, 72)
        pass_by(store, 4)
        assert len(taken(other, 200)) == 22

    def test_that_wait_are_told_moments_one_after_the_other(self, store, settings):
        settings.TENCENT_RATE_PER_MINUTE = 40
        for slot in taken(of_job(), 38):
            slot.answered()
            pass_by(store, 1)
        waits = []
        for _ in range(4):
            with pytest.raises(OverBudget) as caught:
                of_job().take(READ)
            waits.append(caught.value.retry_after)
        assert [later - earlier for earlier, later in pairwise(waits)] == pytest.approx([1] * 3, abs=0.5)

    def test_wait_longer_in_a_client_than_people(self, store):
        assert (of_job().patience, person().patience) == (10, 1)


class TestWaiting:
    @pytest.fixture
    def job(self, db) -> Job:
        return queue.enqueue("tests.wait", subject="meeting:1", meeting_id=1)

    def wait_once(self, job: Job, seconds: float) -> Job:
        Job.objects.update(due_at=timezone.now())

        def over_budget(job: Job, **_: object) -> None:
            raise OverBudget(retry_after=seconds, call=READ)

        run(job.pk, over_budget)
        return Job.objects.get()

    def test_for_the_budget_uses_up_no_attempt(self, job):
        for _ in range(queue.MAX_ATTEMPTS + 5):
            waiting = self.wait_once(job, 3)
        assert (waiting.state, waiting.attempts, waiting.error_code) == ("waiting", 0, "OverBudget")

    def test_ends_when_there_is_room_and_not_by_growing_pauses(self, job):
        Job.objects.update(attempts=30)
        waiting = self.wait_once(job, 20)
        assert 20 <= (waiting.due_at - timezone.now()).total_seconds() + 0.1 < 21
        assert waiting.attempts == 30

    @pytest.mark.django_db(transaction=True)
    def test_is_ended_by_a_message_of_its_own_where_it_is_short(self, job):
        assert self.wait_once(job, 20).sent_at is not None
        assert self.wait_once(job, 4000).sent_at is None


class TestARefusal:
    @pytest.mark.parametrize(
        ("code", "make", "call", "stopped", "open_"),
        [
            (190310, app, READ, (app, CREATE), (person, READ)),
            (190311, app, READ, (app, CREATE), (person, READ)),
            (190312, app, READ, (app, READ), (app, CREATE)),
            (190313, app, READ, (app, READ), (app, CREATE)),
            (500029, app, CREATE, (app, CREATE), (app, READ)),
        ],
    )
    def test_stops_exactly_what_it_speaks_of_for_everybody(self, store, code, make, call, stopped, open_):
        told = make().take(call).refused(Refused("too much", error_code=code, call=call))
        assert (type(told), told.error_code) == (OverBudget, code)
        with pytest.raises(OverBudget) as caught:
            stopped[0]().take(stopped[1])
        assert caught.value.error_code == code
        assert caught.value.retry_after == pytest.approx(told.retry_after, abs=1)
        assert len(taken(open_[0](), 1, open_[1])) == 1

    @pytest.mark.parametrize(
        ("code", "now", "rest"),
        [
            (190310, 1_800_000_017, 43),
            (190313, 1_800_000_017, 43),
            (500029, 1_800_000_017, 3583),
            (190311, 1_800_000_017, 8 * 3600 - 17),
            (190312, 1_800_000_017, 8 * 3600 - 17),
        ],
    )
    def test_holds_for_the_rest_of_the_platforms_minute_hour_or_day(self, settings, code, now, rest):
        assert budget._rest(budget.STOPS[code], now) == rest

    def test_of_another_kind_is_left_as_it_is(self, store):
        refusal = Refused("no", error_code=9042)
        assert person().take(READ).refused(refusal) is refusal

    def test_is_met_by_one_call_and_spared_to_the_next(self, install, sandbox, store, settings):
        install("organiser")
        settings.TENCENT_RATE_PER_MINUTE = 300
        sandbox.post("switches", rate_per_minute=1)
        client = credentials.grant_client(Installation.objects.get())
        outcomes = []
        for _ in range(3):
            try:
                directory.basic_info(client)
                outcomes.append("answered")
            except OverBudget as error:
                outcomes.append(str(error.error_code))
        before = asked(sandbox)
        with pytest.raises(OverBudget):
            directory.basic_info(credentials.grant_client(Installation.objects.get()))
        sandbox.post("switches", rate_per_minute=0)
        assert outcomes[-1] == "190310"
        assert asked(sandbox) == before


def asked(sandbox) -> int:
    found = sandbox.get("ledger")
    return sum(found["calls"].values()) + sum(found["refused"].values())


def refused(sandbox, code: int) -> int:
    return sum(count for call, count in sandbox.get("ledger")["refused"].items() if call.endswith(f" {code}"))


class TestTheClock:
    def test_found_wrong_by_one_is_right_for_all(self, store):
        person().take(READ).corrected(-3600.5)
        assert [meter.take(READ).skew for meter in (person("open-2"), app())] == [-3600.5, -3600.5]

    def test_off_by_an_hour_costs_one_refusal_for_all_clients_and_callers(self, install, sandbox, store, settings):
        settings.TENCENT_RATE_PER_MINUTE = 300
        grants = [install(who).user.installations.get() for who in ("organiser", "administrator")]
        before = refused(sandbox, 190300)
        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            for grant in [*grants, *grants]:
                assert directory.basic_info(credentials.grant_client(grant)).username == grant.user.name
        assert refused(sandbox, 190300) - before == 1

    def test_that_nobody_found_wrong_is_trusted(self, store):
        assert person().take(READ).skew is None


class TestWhatIsKept:
    def test_names_nobody(self, store):
        of_job(lambda: budget.of_app("app-1", "sdk-1", "boss")).take(CREATE)
        person("open-1").take(READ).corrected(1)
        kept = " ".join([*store.keys("rate:*"), *(m for name in store.keys("rate:*:slots") for m in store.zrange(name, 0, -1))])
        assert [word for word in ("app-1", "sdk-1", "boss", "open-1", "20000000001", "meeting:", socket.gethostname())
                if word in kept] == []  # fmt: skip

    def test_does_not_stay(self, store):
        answer(taken(app(), 3, CREATE))
        app().take(READ).refused(Refused(error_code=190310))
        person().take(READ).corrected(1)
        assert [name for name in store.keys("rate:*") if store.pttl(name) <= 0] == []

    def test_is_told_to_administrators(self, store, install):
        membership = install("administrator", credential=True)
        keys = credentials.keys_of(membership.organisation)
        meter = budget.of_app(keys.app_id, keys.sdk_id, keys.operator_userid)
        answer(taken(meter, 3, CREATE))
        meter.take(READ).refused(Refused(error_code=190311))
        told = {(str(gauge.who), gauge.kind): gauge for gauge in gauges.read(membership.organisation)}
        own, name = str(gauges.OWN_APP), membership.user.name
        assert set(told) == {(who, kind) for who in (own, name) for kind in gauges.KINDS}
        used = [(told[own, kind].used, told[own, kind].limit) for kind in ("creations", "day")]
        # The check of the credential when it was entered counts too.
        assert used == [(3, 2000), (5, 200_000)]
        assert (told[own, "day"].error_code, told[own, "day"].paused_until > timezone.now()) == (190311, True)
        assert told[own, "calls"].paused_until is None
        assert [(gauge.kind, gauge.share) for gauge in gauges.telling(membership.organisation)] == [
            ("day", 5 / 200_000), ("calls", 0.25)
        ]  # fmt: skip

    def test_is_shown_on_the_account_page_of_administrators_only(self, store, install, client):
        for who, shown in (("administrator", True), ("organiser", False)):
            membership = install(who)
            open_id = membership.user.open_id
            budget.of_user(membership.user.sdk_id, open_id).take(READ).refused(Refused(error_code=190310))
            client.force_login(membership.user, backend="django.contrib.auth.backends.ModelBackend")
            page = client.get(reverse("accounts:account"), headers={"accept-language": "en"}).content.decode()
            assert ("190310" in page) is shown


class TestRedisStartedAnew:
    def test_forgets_what_was_counted_and_counts_on(self, store):
        taken(person(), 15)
        forget(store)
        store.script_flush()
        assert len(taken(person(), 30)) == 20


class TestRedisAway:
    @pytest.fixture(autouse=True)
    def reach(self, store) -> Iterator[None]:
        counters._reach.told_at = -counters.TELL_SECONDS
        yield
        counters._reach.away_until = 0.0

    def test_stops_nobody_and_is_logged_once(self, settings, caplog):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            settings.REDIS_URL = f"redis://127.0.0.1:{unused.getsockname()[1]}/0"
        with caplog.at_level(logging.WARNING):
            for _ in range(30):
                counters._reach.away_until = 0.0
                slot = person().take(READ)
                slot.answered()
        assert [record.getMessage() for record in caplog.records] == ["Redis is away, calls are not counted: ConnectionError"]

    def test_without_an_answer_holds_nobody_up_for_a_second(self, settings):
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            settings.REDIS_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
            begun = time.monotonic()
            assert type(person().take(READ)) is Slot
            assert len(taken(person(), 1000)) == 1000
        assert time.monotonic() - begun < 1
