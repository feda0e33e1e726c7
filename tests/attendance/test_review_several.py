"""Deciding many in one go: shown first, decided only as shown, taken back together."""

import pytest

from attendance import clearing
from attendance.models import Decision, Match, MatchRun
from meetings.models import Occurrence
from portal.accounts.models import Membership
from portal.audit.models import Entry
from tests import factories
from tests.attendance import hall

ROLE = "administrator"
pytestmark = pytest.mark.django_db


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    """Two shown by name alone, one with the listed company, twins, own staff nobody listed, and a stranger."""
    occurrence = hall.hold(member, ("王建国", "赵思远", "林涛", "林涛"))
    factories.make_person(occurrence.meeting, "欧阳雪", company="华泰证券")
    for name in ("王建国", "赵思远", "林涛", "华泰证券-欧阳雪", "外星来客"):
        hall.come(occurrence, name)
    factories.make_person(occurrence.meeting, "同事甲", userid="staff-1")
    hall.come(occurrence, "楼下的同事", is_enterprise_user=True, userid="staff-9")
    hall.match(occurrence)
    return occurrence


def run(occurrence: Occurrence) -> MatchRun:
    found = MatchRun.objects.get(occurrence=occurrence, current=True)
    found.occurrence = occurrence
    return found


def names(occurrence: Occurrence, code: str) -> dict[str, str | None]:
    found = clearing.preview(run(occurrence), code)
    return {each.match.participant.name: each.person.name if each.person else None for each in found}


def test_each_rule_shows_whom_it_would_decide(occurrence: Occurrence) -> None:
    assert names(occurrence, "sure") == {"王建国": "王建国", "赵思远": "赵思远", "华泰证券-欧阳雪": "欧阳雪"}
    assert names(occurrence, "company") == {"华泰证券-欧阳雪": "欧阳雪"}
    assert names(occurrence, "staff") == {"楼下的同事": None}
    assert names(occurrence, "robots") == {}


def test_whoever_may_sit_in_for_somebody_is_left_to_a_look(occurrence: Occurrence) -> None:
    factories.make_person(occurrence.meeting, "司马相如")
    hall.come(occurrence, "司马相如的秘书")
    hall.match(occurrence)
    match = Match.objects.get(run=run(occurrence), participant__name="司马相如的秘书")
    assert (match.tier, len(match.candidates), match.confidence >= clearing.SURE) == ("likely", 1, True)
    assert "司马相如的秘书" not in names(occurrence, "sure")


def test_a_robot_that_carries_somebodys_key_is_offered_to_be_ignored(occurrence: Occurrence) -> None:
    hall.come(occurrence, "录制机器人", phone_hash="")
    hall.match(occurrence)
    match = Match.objects.get(run=run(occurrence), participant__name="录制机器人")
    assert match.tier == "ignored", "an unlisted robot needs nobody"
    Match.objects.filter(pk=match.pk).update(tier="likely")
    assert names(occurrence, "robots") == {"录制机器人": None}


def test_one_yes_decides_just_what_was_shown_and_one_undo_takes_it_back(occurrence: Occurrence, member: Membership) -> None:
    browser, address = hall.browser(member), hall.address(occurrence.meeting, "review/several/")
    page = browser.get(f"{address}?rule=sure")
    assert page.context["found"].paginator.count == 3
    done = browser.post(address, {"rule": "sure", "digest": page.context["digest"]}, follow=True)
    assert done.context["batch"] == 3
    decided = run(occurrence).matches.filter(key="human").values_list("person__name", flat=True)
    assert set(decided) == {"王建国", "赵思远", "欧阳雪"}
    assert Entry.objects.get(action="match.decide").detail["decisions"] == 3
    browser.post(hall.address(occurrence.meeting, f"review/undo/{done.context['done'].pk}/"), {"whole": "1"})
    assert Decision.objects.open().count() == 0
    assert len(names(occurrence, "sure")) == 3


def test_what_changed_since_it_was_shown_is_shown_again_and_decides_nothing(occurrence: Occurrence, member: Membership) -> None:
    browser, address = hall.browser(member), hall.address(occurrence.meeting, "review/several/")
    digest = browser.get(f"{address}?rule=sure").context["digest"]
    occurrence.meeting.people.filter(name="赵思远").update(removed_at="2026-01-01T00:00Z")
    page = browser.post(address, {"rule": "sure", "digest": digest})
    assert "not what you were shown" in page.content.decode()
    assert (Decision.objects.count(), page.context["found"].paginator.count) == (0, 2)


@pytest.mark.parametrize("role", ["viewer", "compliance"])
def test_only_who_may_decide_sees_it(occurrence: Occurrence, role: str) -> None:
    browser = hall.browser(hall.colleague(occurrence, role))
    assert browser.get(hall.address(occurrence.meeting, "review/several/")).status_code == 403


def test_many_are_decided_in_few_queries(
    occurrence: Occurrence, member: Membership, django_assert_max_num_queries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = clearing.preview(run(occurrence), "sure")
    monkeypatch.setattr("attendance.review.MATCHED_AT_ONCE", 0)
    with django_assert_max_num_queries(40):
        assert len(clearing.clear(run(occurrence), "sure", clearing.digest(found), member.user, "")) == 3
