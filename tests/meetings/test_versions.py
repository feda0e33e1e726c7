"""What a list said before: kept after each change, read, and restored by way of a dry run."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from meetings.lists import batches, people, preview, versions
from meetings.lists.comparing import MOST_AT_ONCE, compare, compare_some
from meetings.lists.faults import Unreadable
from meetings.models import ExpectedList, ListVersion, Meeting
from tests.factories import make_list, make_meeting, make_member
from tests.meetings.batched import NOW, bring, confirm, read

pytestmark = pytest.mark.django_db

RICH = (
    "姓名,手机号,公司,工号,编号,标签,备注,城市\n"
    "张 三,13800000001 / 13800000002,星河,E1,007,\"贵宾, 早到\",+1,上海\n"
    "李四,010-62345678,银河,,,,,\n"
)  # fmt: skip


@pytest.fixture
def meeting() -> Meeting:
    return make_meeting(make_member())


@pytest.fixture
def guests(meeting: Meeting) -> ExpectedList:
    return make_list(meeting)


def said(version: ListVersion) -> list[tuple[str, str, str]]:
    return [(told["name"], told["phone"], told["company"]) for _, told, _ in versions.rows_of(version)]


def everything(meeting: Meeting) -> list[tuple]:
    fields = ("name", "written", "phone", "more_phones", "landline", "company", "userid", "code", "labels", "note", "extra")
    return list(meeting.people.present().order_by("row").values_list(*fields))


def test_each_confirmed_batch_makes_a_version_that_can_be_read(guests: ExpectedList) -> None:
    bring(guests, "姓名,手机号,公司\n张三,13800000001,星河\n")
    bring(guests, "姓名,手机号,公司\n李四,13800000002,银河\n张三,13800000001,月球\n", gone=True)
    second, first = guests.versions.all()
    assert (first.number, first.people, second.number, second.people) == (1, 1, 2, 2)
    assert (first.origin, second.counts["new"], second.by) == ("list.csv", 1, guests.meeting.owner)
    assert said(first) == [("张三", "+8613800000001", "星河")]
    assert said(second) == [("李四", "+8613800000002", "银河"), ("张三", "+8613800000001", "月球")]


def test_what_was_changed_by_hand_is_kept_before_a_batch_changes_it(guests: ExpectedList) -> None:
    bring(guests, "姓名,手机号\n张三,13800000001\n")
    people.add(guests, {"name": "王五"}, by=guests.meeting.owner, now=NOW)
    bring(guests, "姓名,手机号\n张三,13800000001\n", gone=True)
    after, by_hand, before = guests.versions.all()
    told = [[name for name, *_ in said(version)] for version in (before, by_hand, after)]
    assert told == [["张三"], ["张三", "王五"], ["张三"]]
    assert (by_hand.origin, by_hand.by) == (versions.BY_HAND, None)


def test_a_version_restored_brings_back_everything_it_said(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, RICH)
    before = everything(meeting)
    bring(guests, "姓名,工号,公司,城市\n张三,E1,月球,北京\n", gone=True)
    assert everything(meeting) != before
    upload = read(batches.receive_version(guests.versions.last(), by=meeting.owner, now=NOW))
    assert (upload.state, upload.origin, upload.file_name) == ("waiting", "version", "名单 v1")
    assert sorted(upload.lines.values_list("effect", flat=True)) == ["back", "changed"]
    confirm(upload)
    assert everything(meeting) == before


EMPTIED = "姓名,手机号,公司\n张三,13800000001,\n李四,,银河\n"
FILLED = (
    "姓名,手机号,公司,职务,备注,城市\n"
    "张三,13800000001 / 13800000003,星河,总监,靠窗,上海\n"
    "李四,13800000002,银河,,,\n"
)  # fmt: skip


def test_what_was_filled_in_since_becomes_empty_again_and_is_shown_before(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, EMPTIED)
    before = everything(meeting)
    bring(guests, FILLED)
    assert everything(meeting)[0][3:6] == ("+8613800000003", False, "星河")
    upload = read(batches.receive_version(guests.versions.last(), by=meeting.owner, now=NOW))
    with translation.override("en"):
        rows = preview.shown(upload, preview.lines_of(upload, "changed"))
    told = {row.name: [(each.label, each.before, each.after) for each in row.differences] for row in rows}
    assert told == {
        "张三": [("Company", "星河", ""), ("Job title", "总监", ""), ("Remark", "靠窗", ""),
                 ("Further phones", "138****0003", ""), ("城市", "上海", "")],
        "李四": [("Phone", "138****0002", "")],
    }  # fmt: skip
    confirm(upload)
    assert everything(meeting) == before


def test_a_version_beside_the_list_names_what_was_filled_in_since(guests: ExpectedList) -> None:
    bring(guests, EMPTIED)
    bring(guests, FILLED)
    compared = compare(guests.versions.last())
    assert [row.changes for row in compared.by_effect["changed"]] == [
        ("company", "title", "note", "more_phones", "extra"), ("phone",)
    ]  # fmt: skip


def test_a_second_phone_that_a_file_adds_is_a_change(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, "姓名,手机号\n张三,13800000001\n")
    assert bring(guests, "姓名,手机号\n张三,13800000001 / 13800000002\n")["changed"] == 1
    assert bring(guests, "姓名,手机号\n张三,13800000001\n")["changed"] == 0
    assert meeting.people.get().more_phones == "+8613800000002"


def test_a_version_restored_at_once_changes_nothing(guests: ExpectedList) -> None:
    bring(guests, RICH)
    upload = read(batches.receive_version(guests.versions.get(), by=guests.meeting.owner, now=NOW))
    assert list(upload.lines.values_list("effect", flat=True)) == ["same", "same"]


def test_a_list_of_an_earlier_meeting_comes_over_as_new_people(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, RICH)
    other = make_list(make_meeting(make_member(meeting.organisation)), "客户")
    upload = read(batches.receive_list(other, guests, by=other.meeting.owner, now=NOW))
    assert (upload.origin, upload.file_name) == ("list", f"{meeting.subject} · 名单")
    assert confirm(upload).counts["new"] == 2
    assert everything(other.meeting) == everything(meeting)
    assert {each.tag for each in other.meeting.people.all()}.isdisjoint(each.tag for each in meeting.people.all())


def test_a_list_of_another_organisation_does_not_come_over(guests: ExpectedList) -> None:
    bring(guests, RICH)
    stranger = make_list(make_meeting(make_member()))
    with pytest.raises(Unreadable):
        batches.receive_list(stranger, guests, by=stranger.meeting.owner, now=NOW)


def test_a_source_deleted_before_it_was_read_is_said_to_be_empty(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, RICH)
    other = make_list(make_meeting(make_member(meeting.organisation)))
    upload = batches.receive_list(other, guests, by=other.meeting.owner, now=NOW)
    guests.delete()
    upload = read(upload)
    assert (upload.state, upload.error_code) == ("unreadable", "empty")


TWINS = "姓名,手机号,公司\n张伟,,星河\n李四,13800000002,银河\n张伟,,星河\n王五,,\n赵六,13800000006,\n孙七,13800000007,\n"


def test_some_rows_of_a_version_are_compared_as_all_are(guests: ExpectedList) -> None:
    bring(guests, TWINS)
    bring(guests, "姓名,手机号,公司\n张伟,,星河\n李四,13800000002,金河\n赵六,13800000006,\n", gone=True)
    version = guests.versions.last()
    rows = compare(version).rows
    assert {row.effect for row in rows} == {"same", "changed", "back", "new"}
    for begin in range(len(rows)):
        assert compare_some(version, begin, 2) == rows[begin : begin + 2]


def test_a_page_of_a_long_version_says_what_is_different_without_reading_everybody(
    client: Client, django_assert_max_num_queries: Callable[..., AbstractContextManager]
) -> None:
    member = make_member()
    client.force_login(member.user)
    guests = make_list(make_meeting(member))
    text = "姓名,手机号\n" + "".join(f"客户{number},1380000{number:04d}\n" for number in range(MOST_AT_ONCE + 60))
    bring(guests, text)
    last = guests.listings.order_by("row").last().person
    people.change(last, {"name": "章三", "phone": last.phone}, as_seen=people.seen(last), by=member.user, now=NOW)
    version = reverse("meetings:version_show", args=[guests.meeting_id, guests.pk, 1])
    with django_assert_max_num_queries(20):
        page = client.get(version, {"page": 62})
    assert [(row.line, row.effect, row.changes) for row in page.context["rows"]][-2:] == [
        (MOST_AT_ONCE + 59, "same", ()), (MOST_AT_ONCE + 60, "changed", ("name",))
    ]  # fmt: skip
