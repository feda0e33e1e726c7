"""From the file to the list: nothing is written before the yes, and only what was shown."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from meetings.lists import people, uploads
from meetings.lists.reading import Unreadable
from meetings.models import ExpectedPerson, Meeting, Upload
from portal.accounts.models import Membership
from portal.audit.models import Entry
from tests.factories import make_meeting, make_member, make_person, phone
from tests.meetings.sheets import csv_file, xlsx_file

pytestmark = pytest.mark.django_db

NOW = timezone.now()
TWO = "姓名,手机号,公司\n张三,13800000001,星河\n李四,13800000002,银河\n"


@pytest.fixture
def member() -> Membership:
    return make_member()


@pytest.fixture
def meeting(member: Membership) -> Meeting:
    return make_meeting(member)


def receive(meeting: Meeting, text: str) -> Upload:
    return uploads.receive(meeting, "list.csv", csv_file(text), by=meeting.owner, now=NOW)


def confirm(upload: Upload, digest: str = "", remove: bool = False) -> uploads.Written:
    digest = digest or uploads.preview(upload, now=NOW).checked.digest
    return uploads.confirm(upload, digest, remove_missing=remove, by=upload.meeting.owner, now=NOW)


def listed(meeting: Meeting) -> list[tuple[str, str, str]]:
    return [(each.name, each.phone, each.company) for each in meeting.people.present()]


def test_nothing_is_on_the_list_before_the_yes(meeting: Meeting) -> None:
    upload = receive(meeting, TWO)
    shown = uploads.preview(upload, now=NOW)
    assert (len(shown.checked.new), listed(meeting)) == (2, [])
    assert confirm(upload) == uploads.Written(new=2, changed=0, unchanged=0, removed=0)
    assert listed(meeting) == [("张三", phone(1), "星河"), ("李四", phone(2), "银河")]


def test_an_unreadable_file_leaves_no_trace(meeting: Meeting) -> None:
    with pytest.raises(Unreadable):
        uploads.receive(meeting, "list.xlsx", b"PK\x03\x04broken", by=meeting.owner, now=NOW)
    assert (Upload.objects.count(), ExpectedPerson.objects.count()) == (0, 0)


def test_the_waiting_file_and_the_phones_lie_encrypted(meeting: Meeting) -> None:
    upload = receive(meeting, TWO)
    confirm_later = receive(make_meeting(make_member()), TWO)
    confirm(confirm_later)
    with connection.cursor() as cursor:
        cursor.execute("select body from meetings_upload where id = %s", [upload.pk])
        body = bytes(cursor.fetchone()[0])
        cursor.execute("select phone from meetings_expectedperson")
        phones_at_rest = [row[0] for row in cursor.fetchall()]
    assert b"13800000001" not in body
    assert [text for text in phones_at_rest if "1380000" in text] == []


def test_a_confirmed_file_is_forgotten_and_cannot_be_confirmed_again(meeting: Meeting) -> None:
    upload = receive(meeting, TWO)
    digest = uploads.preview(upload, now=NOW).checked.digest
    confirm(upload, digest)
    stale = Upload.objects.get(pk=upload.pk)
    assert (stale.state, bytes(stale.body), stale.accepted) == ("confirmed", b"", 2)
    with pytest.raises(uploads.NotWaiting):
        confirm(upload, digest)
    assert len(listed(meeting)) == 2


def test_a_list_that_changed_meanwhile_is_not_overwritten(meeting: Meeting) -> None:
    upload = receive(meeting, TWO)
    digest = uploads.preview(upload, now=NOW).checked.digest
    make_person(meeting, "张三", 1)
    with pytest.raises(uploads.ListChanged):
        confirm(upload, digest)
    assert (len(listed(meeting)), Upload.objects.get(pk=upload.pk).state) == (1, "waiting")


def test_a_second_upload_changes_people_and_keeps_who_they_are(meeting: Meeting) -> None:
    confirm(receive(meeting, TWO))
    before = {each.name: (each.pk, each.tag) for each in meeting.people.all()}
    meeting.people.filter(name="张三").update(enroll_id="77", imported="done")
    again = confirm(receive(meeting, "姓名,手机号,公司\n张三丰,13800000001,新星河\n王五,13800000003,\n"))
    assert again == uploads.Written(new=1, changed=1, unchanged=0, removed=0)
    zhang = meeting.people.get(phone_tail="0001")
    assert ((zhang.pk, zhang.tag), zhang.enroll_id, zhang.name) == (before["张三"], "77", "张三丰")
    assert [name for name, *_ in listed(meeting)] == ["张三丰", "李四", "王五"]


def test_people_missing_from_the_file_go_only_when_that_was_ticked(meeting: Meeting) -> None:
    confirm(receive(meeting, TWO))
    kept = confirm(receive(meeting, "姓名,手机号\n张三,13800000001\n"))
    assert (kept.removed, len(listed(meeting))) == (0, 2)
    gone = confirm(receive(meeting, "姓名,手机号\n张三,13800000001\n"), remove=True)
    assert (gone.removed, len(listed(meeting)), meeting.people.count()) == (1, 1, 2)


def test_somebody_removed_comes_back_as_the_same_person(meeting: Meeting) -> None:
    confirm(receive(meeting, TWO))
    tag = meeting.people.get(name="李四").tag
    confirm(receive(meeting, "姓名,手机号\n张三,13800000001\n"), remove=True)
    back = confirm(receive(meeting, TWO))
    assert (back.new, meeting.people.get(name="李四").tag, meeting.people.count()) == (1, tag, 2)


def test_an_empty_cell_leaves_what_the_list_has(meeting: Meeting) -> None:
    confirm(receive(meeting, "姓名,编号,手机号,公司\n张三,A1,13800000001,星河\n"))
    confirm(receive(meeting, "姓名,编号,手机号,公司\n张三,A1,,无\n"))
    assert listed(meeting) == [("张三", phone(1), "星河")]


def test_a_mapping_is_remembered_and_must_make_sense(meeting: Meeting) -> None:
    upload = receive(meeting, "姓名,谁,手机号\n张三,李四,13800000001\n")
    with pytest.raises(uploads.BadMapping) as caught:
        uploads.remap(upload, ["keep", "keep", "phone"])
    assert caught.value.codes == ["no_name"]
    uploads.remap(upload, ["ours", "name", "phone"])
    confirm(Upload.objects.get(pk=upload.pk))
    assert listed(meeting) == [("李四", phone(1), "")]


def test_columns_without_a_field_are_kept_beside_the_person(meeting: Meeting) -> None:
    confirm(receive(meeting, "姓名,城市,序号\n张三,上海,1\n"))
    assert meeting.people.get().extra == {"城市": "上海"}


def test_an_upload_waits_a_day_and_no_longer(meeting: Meeting) -> None:
    upload = receive(meeting, TWO)
    late = NOW + timedelta(hours=24)
    with pytest.raises(uploads.NotWaiting):
        uploads.preview(upload, now=late)
    assert (uploads.expire(late - timedelta(seconds=1)), uploads.expire(late), Upload.objects.count()) == (
        0,
        1,
        0,
    )


def test_a_discarded_upload_is_forgotten(meeting: Meeting) -> None:
    upload = receive(meeting, TWO)
    assert (uploads.discard(upload), uploads.discard(upload)) == (True, False)
    assert bytes(Upload.objects.get(pk=upload.pk).body) == b""


def test_a_new_upload_takes_the_place_of_one_that_waits(meeting: Meeting) -> None:
    first, second = receive(meeting, TWO), receive(meeting, TWO)
    states = [Upload.objects.get(pk=upload.pk).state for upload in (first, second)]
    assert states == ["discarded", "waiting"]


def test_a_confirmation_is_in_the_audit_log_without_personal_data(meeting: Meeting) -> None:
    confirm(receive(meeting, TWO + "王五,13800,\n"))
    entry = Entry.objects.get(action="list.confirmed")
    assert {name: entry.detail[name] for name in ("new", "changed", "removed", "faulty")} == {
        "new": 2, "changed": 0, "removed": 0, "faulty": 1,
    }  # fmt: skip
    assert "张三" not in str(entry.detail)


def test_somebody_who_registered_is_expected_by_the_list_once_it_names_them(meeting: Meeting) -> None:
    make_person(meeting, "张三", 1, source="registrant", row=0, enroll_id="5")
    written = confirm(receive(meeting, "姓名,手机号\n张三,13800000001\n"))
    person = meeting.people.get()
    assert (written.unchanged, person.source, person.enroll_id) == (1, "list", "5")


def test_a_phone_may_pass_from_somebody_who_leaves_to_somebody_who_stays(meeting: Meeting) -> None:
    confirm(receive(meeting, "姓名,编号,手机号\n张三,A1,13800000001\n李四,A2,13800000002\n"))
    people.remove(meeting.people.get(code="A2"), by=meeting.owner, now=NOW)
    written = confirm(receive(meeting, "姓名,编号,手机号\n张三,A1,13800000002\n"))
    assert (written.changed, listed(meeting)) == (1, [("张三", phone(2), "")])


def test_somebody_the_platform_dropped_may_be_imported_under_a_new_phone(meeting: Meeting) -> None:
    confirm(receive(meeting, "姓名,编号,手机号\n张三,A1,13800000001\n"))
    meeting.people.update(imported="dropped")
    confirm(receive(meeting, "姓名,编号,手机号\n张三,A1,13800000003\n"))
    assert meeting.people.to_import().count() == 1


def test_a_list_of_five_thousand_is_written_with_few_queries(
    meeting: Meeting, django_assert_max_num_queries: object
) -> None:
    rows = [["姓名", "手机号"], *([f"客户{number}", 13800000000 + number] for number in range(5000))]
    upload = uploads.receive(meeting, "list.xlsx", xlsx_file(rows), by=meeting.owner, now=NOW)
    with django_assert_max_num_queries(150):
        written = confirm(upload)
    assert (written.new, meeting.people.count()) == (5000, 5000)
