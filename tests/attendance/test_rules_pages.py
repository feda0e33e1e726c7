"""The pages of rules, windows and sign-ins: tried before they hold, checked, and closed to who may not."""

import re
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client

from attendance import ruling
from attendance.models import AttendanceRule, CountingWindows, Match, MatchRun, SignIn
from attendance.presence import Window
from meetings.models import Occurrence
from portal.accounts.models import Membership
from tests import factories
from tests.attendance import hall

ROLE = "administrator"
pytestmark = pytest.mark.django_db

EIGHTY = {"source": "own", "min_percent": "80", "min_minutes": "40"}
CELL = re.compile(r'<td[^>]*><a href="([^"]+)">(\d+)</a></td>')


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    occurrence = hall.hold(member)
    for name, leave in (("周晓梅", 60), ("陈子涵", 45), ("王建国", 35)):
        hall.come_by_link(occurrence, name, 0, leave)
    hall.match(occurrence)
    return occurrence


@pytest.fixture
def client(member: Membership) -> Client:
    return hall.browser(member)


def rule_of(occurrence: Occurrence) -> str:
    return hall.address(occurrence.meeting, "attendance/rule/")


def windows_of(occurrence: Occurrence) -> str:
    return hall.address(occurrence.meeting, "attendance/windows/")


def wall(occurrence: Occurrence, minute: int) -> str:
    stamp = occurrence.start_at.timestamp() + 60 * minute
    return datetime.fromtimestamp(stamp, ZoneInfo(occurrence.meeting.zone)).strftime("%Y-%m-%dT%H:%M")


def lines(*windows: tuple[str, str, str], **more: str) -> dict[str, str]:
    """Give what the form of windows sends."""
    told = {f"form-{at}-{field}": value for at, window in enumerate(windows)
            for field, value in zip(("name", "start", "end"), window, strict=True)}  # fmt: skip
    return {"form-TOTAL_FORMS": str(len(windows)), "form-INITIAL_FORMS": "0"} | told | more


def said(answer: HttpResponse) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def cells(page: str) -> Iterator[tuple[str, int]]:
    yield from ((url.replace("&amp;", "&"), int(count)) for url, count in CELL.findall(page))


def test_every_figure_of_the_thresholds_leads_to_as_many_rows(client: Client, occurrence: Occurrence) -> None:
    found = list(cells(client.get(rule_of(occurrence)).content.decode()))
    assert len(found) >= 24
    rows = {url: client.get(url).context["table"].paginator.count for url, _count in found}
    assert rows == dict(found)
    assert set(rows.values()) == {1, 2, 3}


def test_figures_that_ask_for_a_sign_in_lead_to_who_signed_in(client: Client, occurrence: Occurrence, member: Membership) -> None:
    ruling.sign_in(occurrence, hall.listed(occurrence, "陈子涵"), by=member.user)
    page = client.get(rule_of(occurrence), EIGHTY | {"needs_sign_in": "on"}).content.decode()
    found = dict(cells(page))
    assert {client.get(url).context["table"].paginator.count for url, count in found.items() if count == 1} == {1}
    assert set(found.values()) == {0, 1}


def test_what_a_rule_would_change_is_shown_with_names_and_nothing_is_saved(client: Client, occurrence: Occurrence) -> None:
    answer = client.get(rule_of(occurrence), EIGHTY)
    told = answer.context
    assert (told["attending"], told["would_attend"], told["up"], told["down"]) == (3, 1, 0, 2)
    assert [row.person.name for row in told["moving"]] == ["王建国", "陈子涵"]
    assert (AttendanceRule.objects.count(), MatchRun.objects.count()) == (0, 1)


def test_many_who_would_change_are_paged(client: Client, member: Membership) -> None:
    names = [f"王小{chr(0x4E00 + at)}" for at in range(23)]
    occurrence = hall.hold(member, names)
    for name in names:
        hall.come_by_link(occurrence, name, 0, 40)
    hall.match(occurrence)
    first = client.get(rule_of(occurrence), EIGHTY)
    following = re.search(r'href="([^"]+)#proposed" rel="next"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(rule_of(occurrence) + following)
    shown = [row.person.name for page in (first, second) for row in page.context["moving"]]
    assert (len(first.context["moving"]), sorted(shown)) == (20, sorted(names))


def test_the_rule_tried_is_saved_by_the_yes_and_the_figures_follow(client: Client, occurrence: Occurrence) -> None:
    answer = client.post(rule_of(occurrence), EIGHTY | {"seen": "0"}, follow=True)
    assert (answer.context["present"].version, answer.context["attending"]) == ("m1", 1)
    assert [cell.count for row in answer.context["grid"] for cell in row if cell.present] == [1]


def test_a_rule_changed_meanwhile_is_shown_and_what_was_wanted_is_kept(
    client: Client, occurrence: Occurrence, member: Membership
) -> None:
    wanted = {"follows": False, "min_percent": 30, "min_minutes": 0, "needs_sign_in": False}
    ruling.change_rule(occurrence.meeting, wanted, seen=0, by=member.user)
    answer = client.post(rule_of(occurrence), EIGHTY | {"seen": "0"}, follow=True)
    assert f"Changed by {member.user} meanwhile" in said(answer)
    assert (answer.context["present"].version, answer.context["form"].data["min_percent"]) == ("m1", "80")
    assert AttendanceRule.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"min_percent": "101"}, {"min_percent": "-1"}, {"min_percent": "x"}, {"min_percent": ""}, {"min_minutes": "9" * 14}],
)
def test_a_rule_that_is_none_is_refused_at_its_place(client: Client, occurrence: Occurrence, wrong: dict[str, str]) -> None:
    answer = client.get(rule_of(occurrence), EIGHTY | wrong)
    assert list(answer.context["form"].errors) == list(wrong)
    client.post(rule_of(occurrence), EIGHTY | wrong | {"seen": "0"})
    assert AttendanceRule.objects.count() == 0


def test_more_minutes_than_the_window_has_are_warned_of_before_they_silently_let_nobody_pass(
    client: Client, occurrence: Occurrence
) -> None:
    page = client.get(rule_of(occurrence), EIGHTY | {"min_minutes": "61"})
    assert "nobody could attend" in page.content.decode()
    assert "nobody could attend" not in client.get(rule_of(occurrence), EIGHTY | {"min_minutes": "60"}).content.decode()


def test_results_are_made_final_from_the_thresholds_under_the_rule_that_was_seen(
    client: Client, occurrence: Occurrence, member: Membership
) -> None:
    final = hall.address(occurrence.meeting, "attendance/final/")
    wanted = {"follows": False, "min_percent": 80, "min_minutes": 0, "needs_sign_in": False}
    ruling.change_rule(occurrence.meeting, wanted, seen=0, by=member.user)
    assert "changed meanwhile" in said(client.post(final, {"rule": "1"}, follow=True))
    occurrence.refresh_from_db()
    assert occurrence.state == Occurrence.State.SETTLING
    client.post(final, {"rule": "m1"})
    assert MatchRun.objects.get(current=True).final


def test_who_makes_results_final_is_told_who_is_still_in_doubt(client: Client, member: Membership) -> None:
    occurrence = hall.full_hall(member)
    told = "1 participant still waits for review; what is undecided becomes final as undecided."
    rule = hall.address(occurrence.meeting, "attendance/rule/")
    assert told in client.get(rule).content.decode()
    doubtful = Match.objects.get(run__current=True, tier="likely").participant
    client.post(hall.address(occurrence.meeting, f"review/{doubtful.pk}/decide/"), {"choice": "ignore", "last": "0"})
    assert "still waits for review" not in client.get(rule).content.decode()


def test_before_anybody_came_a_rule_can_be_set(client: Client, member: Membership) -> None:
    meeting = factories.make_meeting(member)
    answer = client.post(hall.address(meeting, "attendance/rule/"), EIGHTY | {"seen": "0"}, follow=True)
    assert (answer.status_code, answer.context["present"].version) == (200, "m1")


def test_the_organisations_rule_is_set_by_administrators_only(client: Client, occurrence: Occurrence) -> None:
    wanted = {"min_percent": "60", "min_minutes": "0", "seen": "0"}
    assert client.post("/attendance-rule/", wanted, follow=True).context["present"].min_share == 0.6
    assert client.post("/attendance-rule/", wanted).context["form"].data["min_percent"] == "60"
    for role in ("organiser", "assistant", "viewer", "compliance"):
        assert hall.browser(hall.colleague(occurrence, role)).post("/attendance-rule/", wanted).status_code == 403
    assert AttendanceRule.objects.count() == 1


@pytest.mark.parametrize("role", ["assistant", "viewer", "compliance"])
def test_who_may_not_change_meetings_sees_rule_and_windows_but_changes_neither(occurrence: Occurrence, role: str) -> None:
    browser = hall.browser(hall.colleague(occurrence, role))
    for url, data in ((rule_of(occurrence), EIGHTY), (windows_of(occurrence), {"automatic": "1"})):
        page = browser.get(url)
        assert (page.status_code, browser.post(url, data | {"seen": "0"}).status_code) == (200, 403)
        assert f'action="{url}"' not in page.content.decode()
    assert (AttendanceRule.objects.count(), CountingWindows.objects.count()) == (0, 0)


def test_windows_are_set_by_hand_and_the_results_follow(client: Client, occurrence: Occurrence) -> None:
    afternoon = ("下午", wall(occurrence, 40), wall(occurrence, 60))
    sent = lines(("上午", wall(occurrence, 0), wall(occurrence, 20)), ("", "", ""), afternoon)
    answer = client.post(windows_of(occurrence), sent | {"seen": "0"}, follow=True)
    assert [(line.window.name, line.participants[0]) for line in answer.context["rows"]] == [("上午", 3), ("下午", 2)]
    run = MatchRun.objects.get(current=True)
    assert ([window.name for window in run.windows], run.window_seconds) == (["上午", "下午"], 2400)
    client.post(windows_of(occurrence), {"automatic": "1", "seen": "1"})
    assert MatchRun.objects.get(current=True).window_seconds == 3600


@pytest.mark.parametrize(
    ("start", "end", "place"), [(20, 20, "end"), (30, 20, "end"), (-2000, 20, "start"), (0, 3000, "start")]
)
def test_windows_that_cannot_be_meant_are_refused_at_their_place(
    client: Client, occurrence: Occurrence, start: int, end: int, place: str
) -> None:
    sent = lines(("上午", wall(occurrence, start), wall(occurrence, end)), seen="0")
    answer = client.post(windows_of(occurrence), sent)
    assert [list(form.errors) for form in answer.context["formset"]] == [[place]]
    assert CountingWindows.objects.count() == 0


def test_a_line_that_is_half_filled_and_no_line_at_all_are_told_apart(client: Client, occurrence: Occurrence) -> None:
    half = client.post(windows_of(occurrence), lines(("上午", wall(occurrence, 0), ""), seen="0"))
    assert [list(form.errors) for form in half.context["formset"]] == [["end"]]
    none = client.post(windows_of(occurrence), lines(("", "", ""), seen="0"))
    assert none.context["formset"].non_form_errors()
    assert CountingWindows.objects.count() == 0


def test_more_than_ten_windows_are_refused(client: Client, occurrence: Occurrence) -> None:
    many = [(str(at), wall(occurrence, at), wall(occurrence, at + 1)) for at in range(11)]
    answer = client.post(windows_of(occurrence), lines(*many, seen="0"))
    assert (answer.status_code, CountingWindows.objects.count()) == (200, 0)
    client.post(windows_of(occurrence), lines(*many[:10], seen="0"))
    assert len(CountingWindows.objects.get().windows) == 10


def test_overlapping_windows_are_merged_in_counting_and_said_so(client: Client, occurrence: Occurrence) -> None:
    sent = lines(("a", wall(occurrence, 0), wall(occurrence, 30)), ("b", wall(occurrence, 20), wall(occurrence, 40)), seen="0")
    answer = client.post(windows_of(occurrence), sent, follow=True)
    assert answer.context["overlapping"]
    assert MatchRun.objects.get(current=True).window_seconds == 2400


def test_windows_changed_meanwhile_are_said_and_what_was_typed_stays(
    client: Client, occurrence: Occurrence, member: Membership
) -> None:
    start = int(occurrence.start_at.timestamp())
    ruling.set_windows(occurrence, [Window("早", start, start + 600)], seen=0, by=member.user)
    typed = lines(("我的", wall(occurrence, 5), wall(occurrence, 20)), seen="0")
    answer = client.post(windows_of(occurrence), typed)
    assert f"Changed by {member.user} meanwhile" in said(answer)
    assert "我的" in answer.content.decode()
    assert CountingWindows.objects.count() == 1
    client.post(windows_of(occurrence), typed | {"seen": "1"})
    assert [row.windows[0][0] for row in CountingWindows.objects.all()] == ["我的", "早"]


def test_final_results_keep_their_windows(client: Client, occurrence: Occurrence) -> None:
    client.post(hall.address(occurrence.meeting, "attendance/final/"))
    sent = lines(("上午", wall(occurrence, 0), wall(occurrence, 20)), seen="0")
    assert "final" in said(client.post(windows_of(occurrence), sent, follow=True))
    assert CountingWindows.objects.count() == 0


@pytest.mark.parametrize("nonsense", [{}, {"form-TOTAL_FORMS": "x"}, {"form-TOTAL_FORMS": "9" * 30, "form-INITIAL_FORMS": "0"}])
def test_nonsense_changes_no_windows(client: Client, occurrence: Occurrence, nonsense: dict[str, str]) -> None:
    assert client.post(windows_of(occurrence), nonsense | {"seen": "x"}).status_code == 200
    assert client.get(windows_of(occurrence), {"lines": "x" * 9}).status_code == 200
    assert CountingWindows.objects.count() == 0


def test_a_number_in_a_windows_name_is_masked(client: Client, occurrence: Occurrence) -> None:
    client.post(windows_of(occurrence), lines(("打13800000001", wall(occurrence, 0), wall(occurrence, 20)), seen="0"))
    assert "13800000001" not in str(CountingWindows.objects.get().windows)


def test_a_sign_in_is_marked_on_the_card_and_taken_back(client: Client, occurrence: Occurrence, member: Membership) -> None:
    person = hall.listed(occurrence, "周晓梅")
    card = hall.address(occurrence.meeting, f"attendance/people/{person.pk}/")
    page = client.post(f"{card}sign-in/", follow=True).content.decode()
    assert f"Signed in, says {member.user}" in page
    client.post(f"{card}sign-in/", {"undo": "1"})
    assert "Mark as signed in" in client.get(card).content.decode()
    row = SignIn.objects.get()
    assert (row.by, row.undone_by, row.undone_at is not None) == (member.user, member.user, True)


@pytest.mark.parametrize(("role", "code"), [("assistant", 302), ("viewer", 403), ("compliance", 403)])
def test_assistants_mark_sign_ins_and_onlookers_do_not(occurrence: Occurrence, role: str, code: int) -> None:
    person = hall.listed(occurrence, "周晓梅")
    address = hall.address(occurrence.meeting, f"attendance/people/{person.pk}/sign-in/")
    assert hall.browser(hall.colleague(occurrence, role)).post(address).status_code == code
    assert SignIn.objects.count() == (code == 302)


def test_gaps_and_each_window_stand_on_the_card(client: Client, occurrence: Occurrence) -> None:
    hall.come_by_link(occurrence, "王建国", 50, 60)
    afternoon = ("下午", wall(occurrence, 46), wall(occurrence, 62))
    sent = lines(("上午", wall(occurrence, 0), wall(occurrence, 40)), afternoon, seen="0")
    client.post(windows_of(occurrence), sent)
    person = hall.listed(occurrence, "王建国")
    page = client.get(hall.address(occurrence.meeting, f"attendance/people/{person.pk}/")).content.decode()
    assert "1 gap, 9 min long" in page
    assert re.findall(r"<dt>(上午|下午)</dt><dd>([^<]+)</dd>", page) == [("上午", "35 min (87%)"), ("下午", "10 min (62%)")]


def test_a_rehearsal_is_told_on_the_attendance_page(client: Client, member: Membership) -> None:
    occurrence = hall.hold(member)
    hall.come(occurrence, "主持人", -1440, -1400, user_role=2)
    hall.come(occurrence, "主持人", 0, 60, user_role=2)
    occurrence.started_at = None
    occurrence.save()
    hall.match(occurrence)
    for page in ("attendance/", "attendance/windows/"):
        assert "taken for a rehearsal" in client.get(hall.address(occurrence.meeting, page)).content.decode()


def test_figures_say_that_rows_are_lacking_so_that_late_data_is_not_absence(client: Client, occurrence: Occurrence) -> None:
    address = hall.address(occurrence.meeting, "attendance/")
    assert "Some rows may be missing" not in client.get(address).content.decode()
    occurrence.pulls.update(rows=2, total=3)
    assert "Some rows may be missing" in client.get(address).content.decode()
