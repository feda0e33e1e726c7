"""An assistant clears 200 doubtful cases of a meeting of 2,000 with the keyboard alone; run it with ROLLCALL_ASSISTANT=200.

Prints keystrokes and seconds a case; a worker matches meanwhile, as in real life.
"""

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from attendance import cases
from attendance.models import Decision, MatchRun, Visit
from meetings.models import ExpectedPerson, Occurrence
from tests import factories
from tests.attendance import hall
from tests.browser.conftest import Visit as Open
from tests.browser.test_pages import DESK
from tests.browser.test_review import enter

WANTED = int(os.environ.get("ROLLCALL_ASSISTANT", "0"))
PEOPLE, SEED = 2_000, 20261130
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰建国红梅晓东海燕志远思涵子轩雨桐浩然欣怡"
COMPANIES = ("星河证券", "海王集团", "银河资本", "天狼基金", "北斗咨询")

READY = "document.activeElement.classList.contains('rc-case') || !document.querySelector('.rc-case')"

pytestmark = [
    pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800),
    pytest.mark.skipif(not WANTED, reason="tried by hand: ROLLCALL_ASSISTANT=200"),
]  # fmt: skip


def make(occurrence: Occurrence, rng: random.Random) -> dict[str, str]:
    """Fill list and room; gives who each doubtful identity really is (a tag), or nobody."""
    names = [f"{rng.choice(SURNAMES)}{rng.choice(GIVEN)}{rng.choice(GIVEN)}" for _ in range(PEOPLE)]
    people = ExpectedPerson.objects.bulk_create(
        ExpectedPerson(meeting=occurrence.meeting, name=name, company=rng.choice(COMPANIES), tag=f"t{row:05d}", row=row)
        for row, name in enumerate(names)
    )
    start = int(occurrence.start_at.timestamp())
    doubtful, truth = set(range(WANTED)), {}
    visits = []
    for row, person in enumerate(people[: PEOPLE - 100]):
        link = "" if row in doubtful else person.tag
        shown, really = person.name, person.tag
        if row in doubtful:
            shown, really = _disguised(person, rng, row)
            truth[f"ms-{row}"] = really
        visits.append(Visit(occurrence=occurrence, ms_open_id=f"ms-{row}", instanceid=4, join_time=start, user_name=shown,
                            left_time=start + 60 * rng.randint(1, 60), customer_data=link))  # fmt: skip
    Visit.objects.bulk_create(visits)
    return truth


def _disguised(person: ExpectedPerson, rng: random.Random, row: int) -> tuple[str, str]:
    """Show a person as people do: plain, with the company, a title, or in place of somebody who is not listed."""
    if row % 10 == 9:
        return person.name, ""
    forms = (person.name, f"{person.company}-{person.name}", f"{person.name}（{person.company}）", f"{person.name}总")
    return rng.choice(forms), person.tag


WORK = """
import time, django; django.setup()
from django.utils import timezone
from attendance import reconcile
from meetings.models import Occurrence
from portal.jobs.models import Job
while True:
    time.sleep(0.5)
    for job in Job.objects.filter(task="attendance.match", state="waiting", due_at__lte=timezone.now()):
        Job.objects.filter(pk=job.pk).update(state="done")
        began = time.perf_counter()
        reconcile.match(Occurrence.objects.get(pk=job.arguments["occurrence_id"]), timezone.now())
        print(f"{time.perf_counter() - began:.2f}", flush=True)
"""


@contextmanager
def worker() -> Iterator[subprocess.Popen]:
    """Match what was ordered in a process of its own, as a worker does."""
    env = os.environ | {"DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
                        "DJANGO_SETTINGS_MODULE": "portal.settings"}  # fmt: skip
    process = subprocess.Popen([sys.executable, "-c", WORK], env=env, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        told = process.communicate()[0].split()
        print(f"\n{len(told)} matchings meanwhile, median {statistics.median(map(float, told)) if told else 0} s")


def test_two_hundred_cases_by_keyboard(visit: Open, live_server: LiveServer) -> None:
    rng = random.Random(SEED)
    member = factories.make_member(role="administrator", name="林小满")
    occurrence = hall.hold(member, ())
    truth = make(occurrence, rng)
    hall.match(occurrence)
    waiting = cases.waiting(MatchRun.objects.get(occurrence=occurrence, current=True)).count()
    page = visit("zh-CN", DESK)
    enter(page, live_server, member, occurrence, "review/")
    page.locator(".rc-case").first.wait_for()
    whos = {str(pk): who for pk, who in occurrence.participants.values_list("pk", "ms_open_id")}
    tags = {str(pk): tag for pk, tag in occurrence.meeting.people.values_list("pk", "tag")}
    strokes, answers, began = 0, [], time.perf_counter()
    with worker():
        for _case in range(waiting):
            keys = _keys(page, whos, tags, truth)
            asked = time.perf_counter()
            with page.expect_response(lambda answer: "/decide/" in answer.url) as answered:
                for key in keys:
                    page.keyboard.press(key)
            assert answered.value.status == 200
            answers.append(1000 * (time.perf_counter() - asked))
            while not page.evaluate(READY):
                page.wait_for_timeout(10)
            strokes += len(keys)
            assert time.perf_counter() - asked < 20
    seconds = time.perf_counter() - began
    right = sum(_is_right(said, truth) for said in Decision.objects.open().select_related("person"))
    answers.sort()
    print(f"\n{waiting} cases, {strokes} keystrokes ({strokes / waiting:.2f} a case), {seconds / waiting:.2f} s a case,"
          f" answers median {statistics.median(answers):.0f} ms, 95 of 100 below {answers[int(len(answers) * .95)]:.0f} ms,"
          f" slowest {answers[-1]:.0f} ms; {right} of {Decision.objects.open().count()} decided as it was")  # fmt: skip
    assert Decision.objects.open().count() == waiting


def _keys(page: Page, whos: dict[str, str], tags: dict[str, str], truth: dict[str, str]) -> list[str]:
    """Give what an assistant who knows the people presses for the case in hand."""
    pk, offered = page.evaluate(
        "(() => { const c = document.activeElement; return [c.querySelector('[name=shown]').value,"
        " Array.from(c.querySelectorAll('[data-confirm]')).map(b => b.value.split(':')[1])]; })()"
    )
    really = truth.get(whos[pk], "")
    found = [place for place, person in enumerate(offered, start=1) if tags[person] == really]
    if not found:
        return ["n"]
    return ["Enter"] if found[0] == 1 else [str(found[0]), "Enter"]


def _is_right(said: Decision, truth: dict[str, str]) -> bool:
    return (said.person.tag if said.person else "") == truth.get(said.ms_open_id, "")
