"""One identity that two people used one after the other: split by time, each part somebody's own, no second counted twice."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from attendance import cases, differences, review, sheets, splits
from attendance.models import Decision, Match, MatchRun, Participant
from attendance.review import Choice, Meanwhile, NotDecidable
from meetings.models import Occurrence
from portal.accounts.models import Membership, Organisation
from portal.audit.models import Entry
from tests.attendance import hall

ROLE = "administrator"
pytestmark = pytest.mark.django_db
Verb = Decision.Verb
SHARED = "ms-shared"


@pytest.fixture
def occurrence(member: Membership) -> Occurrence:
    """欧阳雪 enrolled; her laptop was used by 罗文静 from minute 30 on, without anybody leaving; a second stay followed."""
    occurrence = hall.hold(member, ("欧阳雪", "罗文静", "王建国"))
    hall.come(occurrence, "欧阳雪", 0, 40, ms_open_id=SHARED, userid="u-ouyang")
    hall.come(occurrence, "欧阳雪", 45, 60, ms_open_id=SHARED, userid="u-ouyang")
    hall.come(occurrence, "欧阳雪", 20, 50, ms_open_id=SHARED, userid="u-ouyang", instanceid=1)
    occurrence.meeting.people.filter(name="欧阳雪").update(userid="u-ouyang")
    hall.match(occurrence)
    return occurrence


def at(occurrence: Occurrence, minute: int) -> int:
    return int(occurrence.start_at.timestamp()) + 60 * minute


def split(occurrence: Occurrence, minute: int = 30, who: str = SHARED, by: Membership | None = None) -> Decision:
    whom = Participant.objects.get(occurrence=occurrence, ms_open_id=who)
    choice = Choice(whom, Verb.SPLIT, border=at(occurrence, minute))
    return review.decide_many([choice], by.user if by else occurrence.meeting.owner, "交接给同事")[0]


def run(occurrence: Occurrence) -> MatchRun:
    return MatchRun.objects.get(occurrence=occurrence, current=True)


def parts(occurrence: Occurrence) -> list[Participant]:
    """Give the participants of the shared identity in the current run, in order of time."""
    found = [match.participant for match in run(occurrence).matches.select_related("participant")]
    ours = [one for one in found if splits.identity_of(one.ms_open_id) == SHARED]
    return sorted(ours, key=lambda one: one.since or 0)


def seconds(occurrence: Occurrence) -> list[int]:
    return [one.seconds for one in parts(occurrence)]


def outcome(occurrence: Occurrence, name: str) -> tuple[str, int]:
    return run(occurrence).outcomes.values_list("state", "seconds").get(person__name=name)


def assign(occurrence: Occurrence, part: Participant, name: str) -> Decision:
    return review.decide(part, Verb.ASSIGN, hall.listed(occurrence, name), occurrence.meeting.owner)


def test_each_part_is_somebodys_own_and_no_second_counts_twice(occurrence: Occurrence) -> None:
    assert outcome(occurrence, "欧阳雪") == ("attended", 3600)
    split(occurrence)
    assert seconds(occurrence) == [30 * 60, 30 * 60]
    first, second = parts(occurrence)
    assign(occurrence, first, "欧阳雪")
    assign(occurrence, second, "罗文静")
    assert (outcome(occurrence, "欧阳雪"), outcome(occurrence, "罗文静")) == (("attended", 1800), ("attended", 1800))
    counts = run(occurrence).counts
    assert (counts["participants"], counts["matched"], counts["attended"]) == (2, 2, 2)


def test_both_parts_given_to_one_person_are_the_whole_again(occurrence: Occurrence) -> None:
    split(occurrence, 42)
    for part in parts(occurrence):
        assign(occurrence, part, "王建国")
    assert outcome(occurrence, "王建国") == ("attended", 3600)


def test_no_key_or_name_that_several_parts_show_decides_about_a_part(occurrence: Occurrence) -> None:
    split(occurrence)
    matches = [Match.objects.get(run=run(occurrence), participant=part) for part in parts(occurrence)]
    owner = hall.listed(occurrence, "欧阳雪").pk
    assert [(each.tier, each.doubt, each.person) for each in matches] == [("likely", "shared", None)] * 2
    assert all(each.candidates[0]["person"] == owner and each.candidates[0]["weight"] <= 0.5 for each in matches)
    assert [each.evidence[0][0] for each in matches] == ["part_until", "part_since"]
    assert outcome(occurrence, "欧阳雪")[0] == "undecided"


def test_a_part_that_shows_a_name_of_its_own_is_decided_by_it(member: Membership) -> None:
    Organisation.objects.filter(pk=member.organisation_id).update(policy="balanced")
    occurrence = hall.hold(member, ("欧阳雪", "罗文静", "王建国"))
    hall.come(occurrence, "欧阳雪", 0, 30, ms_open_id=SHARED)
    hall.come(occurrence, "罗文静", 30, 60, ms_open_id=SHARED)
    hall.match(occurrence)
    split(occurrence)
    told = [Match.objects.get(run=run(occurrence), participant=part) for part in parts(occurrence)]
    assert [(each.tier, each.person.name) for each in told] == [("certain", "欧阳雪"), ("certain", "罗文静")]


def test_rows_that_come_late_belong_to_a_part_by_their_time(occurrence: Occurrence) -> None:
    split(occurrence)
    first, second = parts(occurrence)
    assign(occurrence, first, "欧阳雪")
    assign(occurrence, second, "罗文静")
    hall.come(occurrence, "欧阳雪", -20, 5, ms_open_id=SHARED)
    hall.come(occurrence, "欧阳雪", 10, 33, ms_open_id=SHARED, instanceid=5)
    hall.come(occurrence, "又一个名字", 58, 60, ms_open_id=SHARED, instanceid=6)
    hall.match(occurrence)
    assert (outcome(occurrence, "欧阳雪"), outcome(occurrence, "罗文静")) == (("attended", 1800), ("attended", 1800))
    assert parts(occurrence)[1].names == ["欧阳雪", "又一个名字"]
    assert [part.devices for part in parts(occurrence)] == [[1, 4, 5], [1, 4, 5, 6]]


def test_undoing_a_split_gives_back_what_was_said_of_the_whole_and_keeps_what_was_said_of_the_parts(
    occurrence: Occurrence, member: Membership
) -> None:
    whole = parts(occurrence)[0]
    assign(occurrence, whole, "王建国")
    said = split(occurrence)
    assert outcome(occurrence, "王建国")[0] == "absent", "what was said of the whole is said of no part"
    assign(occurrence, parts(occurrence)[1], "罗文静")
    before = run(occurrence).counts
    review.undo(said, member.user)
    assert [(one.pk, one.retired) for one in parts(occurrence)] == [(whole.pk, False)]
    assert (outcome(occurrence, "王建国"), outcome(occurrence, "罗文静")[0]) == (("attended", 3600), "absent")
    split(occurrence)
    assert run(occurrence).counts == before
    assert outcome(occurrence, "罗文静") == ("attended", 1800)


def test_a_part_is_split_again_and_the_other_keeps_its_word(occurrence: Occurrence, member: Membership) -> None:
    first = split(occurrence)
    assign(occurrence, parts(occurrence)[0], "欧阳雪")
    split(occurrence, 50, parts(occurrence)[1].ms_open_id)
    assert seconds(occurrence) == [1800, 1200, 600]
    assert outcome(occurrence, "欧阳雪") == ("attended", 1800)
    assign(occurrence, parts(occurrence)[2], "王建国")
    review.undo(first, member.user)
    assert seconds(occurrence) == [3000, 600], "the other border stands"
    assert outcome(occurrence, "王建国")[1] == 600


@pytest.mark.parametrize("minute", [-5, 0, 60, 90])
def test_a_moment_without_visits_on_both_sides_splits_nothing(occurrence: Occurrence, minute: int) -> None:
    with pytest.raises(NotDecidable, match="split_needs_both"):
        split(occurrence, minute)
    assert Decision.objects.count() == 0


def test_a_part_is_split_within_its_time_only(occurrence: Occurrence) -> None:
    split(occurrence)
    for part, minute in ((0, 30), (0, 45), (1, 30), (1, 10)):
        with pytest.raises(NotDecidable, match="split_needs_both"):
            split(occurrence, minute, parts(occurrence)[part].ms_open_id)


def test_who_decides_about_a_whole_that_was_split_meanwhile_is_told(occurrence: Occurrence) -> None:
    whole = parts(occurrence)[0]
    split(occurrence)
    with pytest.raises(Meanwhile):
        review.decide_many([Choice(whole, Verb.IGNORE, seen=0)], occurrence.meeting.owner)


def test_a_split_waits_for_a_second_person_where_four_eyes_are_wanted(occurrence: Occurrence, member: Membership) -> None:
    Organisation.objects.update(four_eyes=True)
    said = split(occurrence)
    assert len(parts(occurrence)) == 1
    review.second(Decision.objects.filter(pk=said.pk), hall.colleague(occurrence, "assistant").user)
    assert len(parts(occurrence)) == 2
    actions = Entry.objects.filter(action__startswith="match.").values_list("action", flat=True)
    assert sorted(actions) == ["match.decide", "match.second"]


def test_what_was_said_of_an_identity_of_several_people_is_remembered_nowhere(occurrence: Occurrence, member: Membership) -> None:
    assign(occurrence, parts(occurrence)[0], "王建国")
    split(occurrence)
    assert assign(occurrence, parts(occurrence)[1], "罗文静").scope == Decision.Scope.HERE
    following = hall.hold(member, ("欧阳雪", "罗文静", "王建国"))
    hall.come(following, "别的昵称", userid="u-ouyang")
    hall.match(following)
    assert Match.objects.get(run__occurrence=following).tier == "none"


def test_the_platform_is_never_asked_about_a_part(occurrence: Occurrence) -> None:
    split(occurrence)
    active = occurrence.participants.filter(retired=False)
    assert {one.whole.ms_open_id for one in active} == {SHARED}
    assert list(occurrence.participants.filter(whole=None).values_list("ms_open_id", flat=True)) == [SHARED]


def test_a_run_of_former_times_still_shows_the_whole(occurrence: Occurrence) -> None:
    former = run(occurrence)
    split(occurrence)
    assert former.pk != run(occurrence).pk
    assert [match.participant.ms_open_id for match in former.matches.all()] == [SHARED]


def test_a_split_is_a_cause_of_a_version_and_a_second_run_makes_none(occurrence: Occurrence) -> None:
    split(occurrence)
    told = run(occurrence)
    assert told.causes[0] == "decisions"
    assert hall.match(occurrence).pk == told.pk


@pytest.mark.parametrize(
    ("join", "leave", "since", "until", "piece"),
    [
        (0, 10, None, 5, (0, 5)), (0, 10, 5, None, (5, 10)), (0, None, 5, None, (5, None)), (0, None, None, 5, (0, 5)),
        (5, 5, None, 5, None), (5, 5, 5, None, (5, 5)), (0, 5, 5, None, None), (0, 5, None, 5, (0, 5)), (3, 4, 5, 9, None),
        (0, 20, 5, 9, (5, 9)), (9, 20, 5, 9, None), (7, 3, 5, None, (7, 3)),
    ],
)  # fmt: skip
def test_a_stay_is_cut_at_the_border(join: int, leave: int | None, since: int, until: int, piece: object) -> None:
    assert splits.cut(join, leave, since, until) == piece


def test_the_pieces_of_a_stay_are_the_stay(occurrence: Occurrence) -> None:
    row = ("who", 4, 1, 100, 400, "张三")
    pieces = list(splits.pieces(row, [50, 200, 300, 500]))
    assert [each[:1] + each[3:5] for each in pieces] == [
        ("who#50-200", 100, 200), ("who#200-300", 200, 300), ("who#300-500", 300, 400),
    ]  # fmt: skip
    assert sum(each[4] - each[3] for each in pieces) == 300


def test_a_name_of_a_part_leads_back_to_its_identity() -> None:
    for since, until in ((None, 5), (5, None), (5, 9)):
        who = splits.label("a#b-c", since, until)
        assert (splits.identity_of(who), splits.times_of(who)) == ("a#b-c", (since, until))
    assert (splits.label("a", None, None), splits.times_of("a")) == ("a", (None, None))


def test_the_page_shows_both_parts_before_it_splits_and_leads_to_them(occurrence: Occurrence, member: Membership) -> None:
    who, browser = parts(occurrence)[0], hall.browser(member)
    address = hall.address(occurrence.meeting, f"review/{who.pk}/split/")
    assert 'name="border"' not in browser.get(address).content.decode()
    page = browser.get(address, {"border": at(occurrence, 45)})
    assert [half.presence.seconds for half in page.context["halves"]] == [45 * 60, 15 * 60]
    answer = browser.post(address, {"border": at(occurrence, 45), "last": 0, "reason": "交接 13800000001"}, follow=True)
    assert answer.redirect_chain[-1][0] == hall.address(occurrence.meeting, f"review/{parts(occurrence)[0].pk}/")
    assert seconds(occurrence) == [45 * 60, 15 * 60]
    said = Decision.objects.get()
    assert (said.by, said.border) == (member.user, at(occurrence, 45))
    assert "13800000001" not in said.reason
    assert [one.verb for one in answer.context["history"]] == ["split"]
    assert "belong to a part by their time" in answer.content.decode()


def test_a_time_is_typed_in_the_zone_of_the_meeting(occurrence: Occurrence, member: Membership) -> None:
    address = hall.address(occurrence.meeting, f"review/{parts(occurrence)[0].pk}/split/")
    local = occurrence.start_at.astimezone(ZoneInfo(occurrence.meeting.zone)) + timedelta(minutes=20)
    page = hall.browser(member).get(address, {"at": f"{local:%Y-%m-%dT%H:%M:%S}"})
    assert page.context["border"] == at(occurrence, 20)
    refused = hall.browser(member).get(address, {"at": f"{local + timedelta(hours=2):%Y-%m-%dT%H:%M}"})
    assert "Choose a moment with visits before and after it." in refused.content.decode()


def test_an_old_page_of_the_split_writes_nothing(occurrence: Occurrence, member: Membership) -> None:
    who = parts(occurrence)[0]
    assign(occurrence, who, "王建国")
    address = hall.address(occurrence.meeting, f"review/{who.pk}/split/")
    answer = hall.browser(member).post(address, {"border": at(occurrence, 30), "last": 0})
    assert "not what you were shown any more" in answer.content.decode()
    assert Decision.objects.count() == 1


def test_the_card_of_a_person_shows_the_visits_of_their_part_alone(occurrence: Occurrence, member: Membership) -> None:
    split(occurrence)
    assign(occurrence, parts(occurrence)[0], "欧阳雪")
    address = hall.address(occurrence.meeting, f"attendance/people/{hall.listed(occurrence, '欧阳雪').pk}/")
    card = hall.browser(member).get(address).context["card"]
    assert [(each.join_time, each.left_time) for each in card.visits] == [
        (at(occurrence, 0), at(occurrence, 30)), (at(occurrence, 20), at(occurrence, 30)),
    ]  # fmt: skip
    assert [said.verb for said in card.decisions] == ["assign", "split"]
    who = parts(occurrence)[1]
    page = hall.browser(member).get(hall.address(occurrence.meeting, f"attendance/participants/{who.pk}/"))
    assert [each.join_time for each in page.context["card"].visits] == [at(occurrence, minute) for minute in (30, 30, 45)]
    assert "the part" in page.content.decode()


def test_files_and_the_difference_tell_parts(occurrence: Occurrence, member: Membership) -> None:
    former = run(occurrence).number
    split(occurrence)
    with translation.override("en"):
        rows = [[str(cell) for cell in row] for row in sheets.proofs(run(occurrence))]
    assert {row[-1] for row in rows[1:]} == {SHARED}
    assert all("Several people used this identity" in " ".join(row) for row in rows[1:])
    address = hall.address(occurrence.meeting, f"attendance/versions/{run(occurrence).number}/?before={former}&of=participants")
    told = hall.browser(member).get(address)
    assert sorted(row.about.change for row in told.context["rows"]) == ["added", "added", "removed"]
    assert "visits split by time" in told.content.decode()


def told(before: MatchRun, after: MatchRun, of: str = "people") -> dict[str, list[tuple[str, str]]]:
    """Give by name why somebody changes: codes, and of decisions what was decided."""
    with translation.override("en"):
        rows = differences.page(before, after, of, "", None, 50)["rows"]
    return {str(row.about): [(why.code, str(why.params.get("what", ""))) for why in row.why] for row in rows}


def test_the_difference_names_the_split_to_everybody_it_changes(occurrence: Occurrence, member: Membership) -> None:
    whole, cut = run(occurrence), ("decided", "visits split by time")
    said = split(occurrence)
    assert told(whole, run(occurrence)) == {"欧阳雪": [cut]}, "attended before, undecided now"
    for part, name in zip(parts(occurrence), ("欧阳雪", "罗文静"), strict=True):
        assign(occurrence, part, name)
    in_parts = run(occurrence)
    named = {name: [*why[:1], why[1][0]] for name, why in told(whole, in_parts).items()}
    assert named == {"欧阳雪": [cut, "decided"], "罗文静": [cut, "decided"]}
    review.undo(said, member.user)
    back = ("undone", "visits split by time")
    assert {name: why[0] for name, why in told(in_parts, run(occurrence)).items()} == {"欧阳雪": back, "罗文静": back}
    assert all(why == [back] for why in told(in_parts, run(occurrence), "participants").values())


def test_the_difference_names_the_split_to_whom_the_name_of_a_part_may_mean(member: Membership) -> None:
    occurrence = hall.hold(member, ("欧阳雪", "罗文静", "王建国"))
    occurrence.meeting.people.filter(name="欧阳雪").update(userid="u-ouyang")
    hall.come(occurrence, "欧阳雪", 0, 30, ms_open_id=SHARED, userid="u-ouyang")
    hall.come(occurrence, "罗文静", 30, 60, ms_open_id=SHARED, userid="u-ouyang")
    before = hall.match(occurrence)
    split(occurrence)
    assert told(before, run(occurrence)) == {
        "欧阳雪": [("decided", "visits split by time")], "罗文静": [("decided", "visits split by time")],
    }  # fmt: skip


def test_a_part_that_came_with_late_rows_is_told_as_that(occurrence: Occurrence) -> None:
    occurrence.visits.filter(join_time__gte=at(occurrence, 30)).delete()
    occurrence.visits.update(left_time=at(occurrence, 40))
    hall.match(occurrence)
    split(occurrence)
    occurrence.visits.update(left_time=at(occurrence, 30))
    hall.match(occurrence)
    before = hall.match(occurrence)
    assert len(parts(occurrence)) == 1
    hall.come(occurrence, "罗文静", 35, 60, ms_open_id=SHARED)
    assert ("came_later", "") in told(before, hall.match(occurrence), "participants")["罗文静"]


def test_a_further_device_of_somebody_split_since_is_asked_about_again(occurrence: Occurrence, member: Membership) -> None:
    hall.come(occurrence, "王建国", 35, 50)
    hall.match(occurrence)
    device, whole, browser = hall.seen(occurrence, "王建国"), parts(occurrence)[0], hall.browser(member)
    said = review.decide_many([Choice(device, Verb.SAME, same_as=whole)], member.user)[0]
    assert device.pk not in cases.waiting(run(occurrence)).values_list("participant", flat=True)
    address = hall.address(occurrence.meeting, f"review/{whole.pk}/split/")
    preview = browser.get(address, {"border": at(occurrence, 30)})
    assert [each.participant for each in preview.context["further"]] == [device]
    cut = split(occurrence)
    assert device.pk in cases.waiting(run(occurrence)).values_list("participant", flat=True)
    case = browser.get(hall.address(occurrence.meeting, f"review/{device.pk}/"))
    assert case.context["others"] == case.context["instead"] == parts(occurrence)
    assert "That word counts no more" in case.content.decode()
    assert re.findall(r"(until|from) \d\d:\d\d:\d\d", case.content.decode()) == ["until", "from"], "the parts are told apart"
    part = browser.get(hall.address(occurrence.meeting, f"review/{parts(occurrence)[0].pk}/"))
    assert "That word counts no more" not in part.content.decode()
    second = parts(occurrence)[1]
    review.decide_many([Choice(device, Verb.SAME, same_as=second, seen=said.pk)], member.user)
    assert Match.objects.get(run=run(occurrence), participant=device).same_as == second
    assert splits.instead(Decision.objects.get(pk=said.pk)) == parts(occurrence)
    review.undo(cut, member.user)
    assert splits.instead(Decision.objects.order_by("pk").last()) == [whole]
    assert splits.instead(said) == []
