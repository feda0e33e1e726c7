"""The review by an assistant with a keyboard, and the versions it leads to, in a real browser."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from attendance import course, review
from attendance.models import Decision, Match, MatchRun
from attendance.review import Choice
from meetings.models import Occurrence
from portal.accounts.models import Membership, Organisation
from tests import factories
from tests.attendance import hall
from tests.browser import hands
from tests.browser.conftest import Visit
from tests.browser.test_pages import DESK, NARROWEST, PHONE, sticking_out

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]

NAMES = ("周晓梅", "陈子涵", "王建国", "赵思远", "欧阳雪", "罗文静", "司马光明", "林涛")


@pytest.fixture
def member(live_server: LiveServer) -> Membership:
    return factories.make_member(role="administrator", name="林小满")


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    """A meeting with a conflict, twins, likely ones, two on one device, a walk-in and own staff."""
    occurrence = hall.hold(member, NAMES, subject="秋季策略路演")
    factories.make_person(occurrence.meeting, "林涛", company="海王集团")
    hall.come_by_link(occurrence, "周晓梅", 0, 40)
    hall.come(occurrence, "路人甲", 0, 30, customer_data=hall.listed(occurrence, "周晓梅").tag)
    hall.come(occurrence, "林涛", 3, 58)
    for name in ("陈子涵", "王建国", "华泰证券-赵思远"):
        hall.come(occurrence, name, 1, 50)
    hall.come(occurrence, "欧阳雪&罗文静", 0, 60, instanceid=20)
    hall.come(occurrence, "外星来客", 5, 9)
    hall.match(occurrence)
    return occurrence


def enter(page: Page, live_server: LiveServer, member: Membership, occurrence: Occurrence, place: str) -> None:
    client = Client()
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page.goto(f"{live_server.url}/meetings/{occurrence.meeting.pk}/{place}")


def at_the_first_case(visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence) -> Page:
    """Open the queue on a desk; the first case has the focus by itself."""
    page = visit("zh-CN", DESK)
    enter(page, live_server, member, occurrence, "review/")
    expect(page.locator(".rc-case").first).to_be_focused()
    return page


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent")


def slow(page: Page, address: str = "**/decide/") -> Callable[[], None]:
    """Keep the next answer away until the function given back is called; those after it come at once."""
    kept: list[Route] = []
    page.route(address, lambda route: kept.append(route), times=1)

    def late() -> None:
        page.wait_for_timeout(50)
        kept.pop().continue_()

    return late


def said() -> list[tuple[str, str]]:
    """Give who was decided how, by displayed name, without what was taken back."""
    names = dict(Match.objects.values_list("participant__ms_open_id", "participant__name"))
    return [(names[who], verb) for who, verb in Decision.objects.open().values_list("ms_open_id", "verb")]


def test_an_assistant_clears_the_queue_with_the_keyboard_alone(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    page = visit("zh-CN", DESK)
    enter(page, live_server, member, occurrence, "review/")
    cards = page.locator(".rc-case")
    waiting = cards.count()
    expect(cards.first).to_be_focused()
    assert (waiting, focused(page)) == (7, "周晓梅")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "路人甲"
    page.keyboard.press("n")
    expect(cards).to_have_count(waiting - 1)
    assert focused(page) == "林涛", "the next case has the focus"
    page.keyboard.press("2")
    assert page.evaluate("document.activeElement.getAttribute('data-choose')") == "2"
    page.keyboard.press("Enter")
    expect(cards).to_have_count(waiting - 2)
    page.keyboard.press("Enter")
    expect(cards).to_have_count(waiting - 3)
    page.keyboard.press("u")
    page.wait_for_load_state()
    expect(cards).to_have_count(waiting - 2)
    for key in ("k", "k", "k", "Enter", "Enter", "Enter", "Enter"):
        before = cards.count()
        page.keyboard.press(key)
        if key == "Enter":
            expect(cards).to_have_count(before - 1)
    expect(cards).to_have_count(1)
    page.keyboard.press("b")
    expect(page.get_by_text("没有待确认的参会人")).to_be_visible()
    assert sorted(said()) == sorted([
        ("周晓梅", "confirm"), ("路人甲", "reject"), ("林涛", "confirm"), ("陈子涵", "confirm"), ("王建国", "confirm"),
        ("华泰证券-赵思远", "confirm"), ("欧阳雪&罗文静", "together"),
    ])  # fmt: skip


def test_the_list_beside_the_cards_follows_the_hand(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    page = visit("zh-CN", DESK)
    enter(page, live_server, member, occurrence, "review/")
    lines, current = page.locator("#review-list li"), page.locator("#review-list [aria-current]")
    expect(lines).to_have_count(7)
    expect(current).to_have_text(re.compile("周晓梅"))
    page.keyboard.press("Enter")
    expect(lines).to_have_count(6)
    expect(current).to_have_text(re.compile("路人甲"))
    page.get_by_role("link", name=re.compile("外星来客|王建国")).first.click()
    expect(page.get_by_role("article", name="王建国")).to_be_focused()


def test_the_visits_are_split_and_each_part_assigned_without_a_mouse(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    hall.come(occurrence, "外星来客", 20, 30)
    hall.match(occurrence)
    page, who = visit("zh-CN", DESK), hall.seen(occurrence, "外星来客")
    enter(page, live_server, member, occurrence, f"review/{who.pk}/")
    for button in ("拆分进出记录…", "从此次进入起"):
        page.get_by_role("link", name=button).focus()
        page.keyboard.press("Enter")
    page.get_by_role("button", name="在此拆分").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已拆分。请分别确认每一段是谁。")).to_be_visible()
    first, second = who.parts.order_by("since")
    assert page.url.endswith(f"/review/{first.pk}/")
    for part, name in ((first, "simaguang"), (second, "wangjianguo")):
        page.locator("#q").fill(name)
        page.keyboard.press("Enter")
        expect(page.locator(".rc-found [data-focus]")).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"/review/\?done="))
        if part is first:
            page.goto(f"{live_server.url}/meetings/{occurrence.meeting.pk}/review/{second.pk}/")
    run = MatchRun.objects.get(occurrence=occurrence, current=True)
    outcomes = run.outcomes.filter(person__name__in=("司马光明", "王建国")).order_by("person__name")
    assert list(outcomes.values_list("person__name", "seconds")) == [("司马光明", 240), ("王建国", 600)]


def test_somebody_else_is_found_and_assigned_without_a_mouse(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    page = at_the_first_case(visit, live_server, member, occurrence)
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("simaguang")
    page.keyboard.press("Enter")
    expect(page.locator(".rc-found [data-focus]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".rc-case").first).to_be_focused()
    assert said() == [("周晓梅", "assign")]
    assert Decision.objects.get().person.name == "司马光明"


def test_keys_typed_while_an_answer_is_on_its_way_count_for_the_next_cases(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    page = at_the_first_case(visit, live_server, member, occurrence)
    late = slow(page)
    for key in ("n", "i", "j", "j", "n", "Enter"):
        page.keyboard.press(key)
    page.keyboard.press("u")
    late()
    expect(page).to_have_url(re.compile("first="))
    expect(page.get_by_role("article", name="华泰证券-赵思远")).to_be_focused()
    expect(page.locator(".rc-case")).to_have_count(4)
    assert said() == [("周晓梅", "reject"), ("路人甲", "ignore"), ("王建国", "reject")]


def test_a_late_answer_takes_the_focus_from_nobody(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    page = at_the_first_case(visit, live_server, member, occurrence)
    late = slow(page)
    for name in ("周晓梅", "路人甲"):
        hands.case_of(page, name).get_by_role("button", name="不在名单上").click()
    hands.case_of(page, "陈子涵").focus()
    late()
    expect(page.locator(".rc-case")).to_have_count(5)
    assert focused(page) == "陈子涵"
    assert said() == [("周晓梅", "reject"), ("路人甲", "reject")]


def test_what_is_typed_while_the_search_is_being_opened_decides_nobody(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    page = at_the_first_case(visit, live_server, member, occurrence)
    late = slow(page, "**/review/*/*")
    for key in ("/", "i", "n", "Enter"):
        page.keyboard.press(key)
    late()
    expect(page.locator("#q")).to_be_focused()
    assert said() == []


def test_a_refused_decision_is_looked_at_before_another_is_made(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    page = at_the_first_case(visit, live_server, member, occurrence)
    other = factories.make_member(organisation=member.organisation, role="administrator", name="周会计")
    review.decide(hall.seen(occurrence, "周晓梅"), "ignore", None, other.user)
    late = slow(page)
    for key in ("n", "n", "Enter"):
        page.keyboard.press(key)
    late()
    expect(page.locator(".rc-case .rc-alert")).to_contain_text("周会计")
    assert focused(page) == "周晓梅"
    assert said() == [("周晓梅", "ignore")]


def test_what_was_decided_stays_in_sight_and_the_tab_counts_along(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    page = at_the_first_case(visit, live_server, member, occurrence)
    tab = page.locator(".rc-tabs [aria-current] .rc-count")
    expect(tab).to_have_text("7")
    page.locator(".rc-case").nth(3).focus()
    page.keyboard.press("n")
    expect(tab).to_have_text("6")
    expect(page.locator("#review-done .rc-alert")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= page.evaluate(
        "document.getElementById('review-done').getBoundingClientRect().bottom"
    ), "the notice does not lie on the card in hand"


def test_whoever_was_signed_out_meanwhile_is_told_that_nothing_was_saved(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    page = at_the_first_case(visit, live_server, member, occurrence)
    address = page.url.removeprefix(live_server.url)
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/sign-in/?next={address}")
    expect(page.get_by_text("刚才的操作没有保存")).to_be_visible()
    assert said() == []


def test_a_decision_the_portal_refuses_says_so(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    page = visit("zh-CN", DESK, expected=(403,))
    enter(page, live_server, member, occurrence, "review/")
    expect(page.locator(".rc-case").first).to_be_focused()
    Membership.objects.filter(pk=member.pk).update(role="viewer")
    note = page.get_by_role("alert").filter(has_text="可能没有保存")
    expect(note).to_be_hidden()
    page.keyboard.press("Enter")
    expect(note).to_be_in_viewport()
    expect(page.locator(".rc-case")).to_have_count(7)
    assert said() == []


def test_the_queue_works_without_scripts(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence
) -> None:
    page = visit("zh-CN", PHONE, scripts=False)
    enter(page, live_server, member, occurrence, "review/")
    page.locator(".rc-case").first.get_by_role("button", name="不在名单上").click()
    expect(page.locator(".rc-case")).to_have_count(6)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".rc-case")).to_have_count(7)


@pytest.mark.parametrize("width", [NARROWEST, PHONE, DESK])
def test_nothing_sticks_out_and_the_pages_can_be_looked_at(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence, width: int
) -> None:
    page = visit("zh-CN", width)
    who = hall.seen(occurrence, "欧阳雪&罗文静").pk
    places = {"queue": "review/", "case": f"review/{who}/?q=欧阳雪%26罗文静", "several": "review/several/?rule=sure",
              "windows": "attendance/windows/", "rule": "attendance/rule/?source=own&min_percent=80&min_minutes=40"}  # fmt: skip
    look(page, live_server, member, occurrence, places, width)
    final = proposed_after(occurrence, member)
    places = {"versions": "attendance/versions/", "difference": f"attendance/versions/{final.number}/",
              "proposed": f"attendance/versions/{final.number + 1}/", "former": f"attendance/?run={final.number - 1}",
              "final": "attendance/"}  # fmt: skip
    look(page, live_server, member, occurrence, places, width)


@pytest.mark.parametrize("width", [NARROWEST, PHONE, DESK])
def test_splitting_and_second_words_can_be_looked_at(
    visit: Visit, live_server: LiveServer, member: Membership, occurrence: Occurrence, width: int
) -> None:
    page, who = visit("zh-CN", width), hall.seen(occurrence, "林涛")
    border = int(occurrence.start_at.timestamp()) + 60 * 30
    look(page, live_server, member, occurrence, {"split": f"review/{who.pk}/split/?border={border}"}, width)
    review.decide_many([Choice(who, Decision.Verb.SPLIT, border=border)], member.user, "中途交接给同事")
    parts = list(who.parts.order_by("since"))
    review.decide(parts[0], Decision.Verb.ASSIGN, hall.listed(occurrence, "王建国"), member.user)
    card = hall.listed(occurrence, "王建国").pk
    places = {"part": f"review/{parts[1].pk}/", "card": f"attendance/people/{card}/",
              "participant": f"attendance/participants/{parts[1].pk}/"}  # fmt: skip
    look(page, live_server, member, occurrence, places, width)
    four_eyes(occurrence, member)
    look(page, live_server, member, occurrence, {"second": "review/?kind=second"}, width)


def four_eyes(occurrence: Occurrence, member: Membership) -> None:
    """Let a colleague propose one decision, and want to take back another that two confirmed."""
    Organisation.objects.update(four_eyes=True)
    first, second = (hall.colleague(occurrence, "assistant").user for _ in range(2))
    review.decide(hall.seen(occurrence, "陈子涵"), Decision.Verb.CONFIRM, hall.listed(occurrence, "陈子涵"), first, "电话确认")
    said = review.decide(hall.seen(occurrence, "外星来客"), Decision.Verb.IGNORE, None, first)
    review.second(Decision.objects.filter(pk=said.pk), second)
    review.undo(said, first)


def look(
    page: Page, live_server: LiveServer, member: Membership, occurrence: Occurrence, places: dict[str, str], width: int
) -> None:
    for name, place in places.items():
        enter(page, live_server, member, occurrence, place)
        if pictures := os.environ.get("PICTURES"):
            page.screenshot(path=Path(pictures) / f"{name}-{width}.png", full_page=True)
        assert sticking_out(page) == [], name


def proposed_after(occurrence: Occurrence, member: Membership) -> MatchRun:
    """Let late rows come, make the results final, and let more rows come; gives the final run."""
    hall.come_by_link(occurrence, "司马光明", 2, 50)
    hall.match(occurrence)
    final = course.finalise(occurrence, member.user, hall.later(0))
    assert final is not None
    hall.come_by_link(occurrence, "王建国", 0, 60, instanceid=1)
    hall.come(occurrence, "外星来客", 9, 59, instanceid=2)
    factories.make_person(occurrence.meeting, "新来的人", company="海王集团")
    hall.match(occurrence)
    return final
