"""From the file to the list: nothing is written before the yes, and only what was shown."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import xlsxwriter
from django.db import connection

from meetings.lists import batches, chunks, intake, people
from meetings.lists.faults import Unreadable
from meetings.models import ColumnMemory, ExpectedList, ExpectedPerson, Meeting, Upload, UploadChunk, UploadLine
from portal.accounts.models import Membership
from portal.audit.models import Entry
from portal.jobs import queue
from portal.jobs.models import Job
from tests.factories import make_list, make_meeting, make_member, make_person, phone
from tests.meetings.batched import NOW, bring, claimed, confirm, read, receive, write
from tests.meetings.sheets import csv_file, xlsx_file

pytestmark = pytest.mark.django_db

TWO = "姓名,手机号,公司\n张三,13800000001,星河\n李四,13800000002,银河\n"
ONE = "姓名,手机号\n张三,13800000001\n"
FILE, PASTE = Upload.Origin.FILE, Upload.Origin.PASTE


@pytest.fixture
def member() -> Membership:
    return make_member()


@pytest.fixture
def meeting(member: Membership) -> Meeting:
    return make_meeting(member)


@pytest.fixture
def guests(meeting: Meeting) -> ExpectedList:
    return make_list(meeting)


def listed(meeting: Meeting) -> list[tuple[str, str, str]]:
    return [(each.name, each.phone, each.company) for each in meeting.people.present()]


def lines(upload: Upload) -> list[tuple[int, str, str]]:
    return list(upload.lines.order_by("line", "pk").values_list("line", "effect", "choice"))


def rest(upload: Upload) -> tuple[bytes, int, int]:
    """What of a batch still lies in the database."""
    body = bytes(Upload.objects.get(pk=upload.pk).body)
    return body, UploadChunk.objects.filter(upload=upload).count(), UploadLine.objects.filter(upload=upload).count()


# --- the yes ---


def test_nothing_is_on_the_list_before_the_yes(meeting: Meeting, guests: ExpectedList) -> None:
    upload = receive(guests, TWO)
    assert (upload.state, lines(upload), listed(meeting)) == ("waiting", [(2, "new", "take"), (3, "new", "take")], [])
    batches.confirm(upload, upload.digest, by=meeting.owner)
    assert listed(meeting) == []
    assert write(upload).counts == {"new": 2, "changed": 0, "same": 0, "removed": 0, "faulty": 0}
    assert listed(meeting) == [("张三", phone(1), "星河"), ("李四", phone(2), "银河")]


def test_an_unreadable_file_says_why_and_leaves_no_trace(meeting: Meeting, guests: ExpectedList) -> None:
    upload = read(batches.receive(guests, b"PK\x03\x04broken", name="list.xlsx", origin=FILE, by=meeting.owner, now=NOW))
    assert (upload.state, upload.error_code, rest(upload)) == ("unreadable", "broken", (b"", 0, 0))


@pytest.mark.parametrize(("body", "code"), [(b" \n", "empty"), (b"x" * (20 * 1024 * 1024 + 1), "too_big")])
def test_what_needs_no_reading_is_refused_at_once(guests: ExpectedList, body: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        batches.receive(guests, body, name="list.csv", origin=FILE, by=guests.meeting.owner, now=NOW)
    assert (caught.value.code, Upload.objects.count(), Job.objects.count()) == (code, 0, 0)


def test_file_rows_repairs_versions_and_phones_lie_encrypted(meeting: Meeting, guests: ExpectedList) -> None:
    bring(make_list(make_meeting(make_member())), TWO)
    upload = receive(guests, TWO)
    batches.repair(upload, {2: {1: "13800000003"}})
    stored = []
    with connection.cursor() as cursor:
        for table, column in (
            ("upload", "body"), ("uploadchunk", "body"), ("uploadline", "repaired"), ("listversion", "body"),
            ("expectedperson", "phone"),
        ):  # fmt: skip
            cursor.execute(f"select {column} from meetings_{table}")
            stored += [bytes(row[0]) if not isinstance(row[0], str) else row[0].encode() for row in cursor.fetchall()]
    # Fernet's tokens begin with its version, which is gAAAAA in base64.
    assert {told[:6] for told in stored if told} == {b"gAAAAA"}
    assert len([told for told in stored if told]) == 6


def test_a_confirmed_batch_is_forgotten_and_cannot_be_confirmed_again(meeting: Meeting, guests: ExpectedList) -> None:
    upload = receive(guests, TWO)
    done = confirm(upload)
    assert (done.state, rest(done)) == ("confirmed", (b"", 0, 0))
    with pytest.raises(batches.NotWaiting):
        batches.confirm(Upload.objects.get(pk=upload.pk), upload.digest, by=meeting.owner)
    assert len(listed(meeting)) == 2


def test_writing_twice_writes_once(meeting: Meeting, guests: ExpectedList) -> None:
    upload = receive(guests, TWO)
    batches.confirm(upload, upload.digest, by=meeting.owner)
    stale = Upload.objects.get(pk=upload.pk)
    write(upload)
    queue.enqueue("meetings.write_upload", subject=batches.subject_of(stale), upload_id=stale.pk, by_id=0, wishes=[])
    write(stale)
    assert (len(listed(meeting)), guests.versions.count()) == (2, 1)


def test_a_yes_to_something_else_than_what_was_shown_is_not_taken(guests: ExpectedList) -> None:
    upload = receive(guests, TWO)
    with pytest.raises(batches.ListChanged):
        batches.confirm(upload, "something else", by=guests.meeting.owner)
    assert Upload.objects.get(pk=upload.pk).state == "waiting"


@pytest.mark.parametrize("meanwhile", ["same_phone", "same_person_elsewhere", "unrelated"])
def test_a_list_that_changed_after_the_yes_is_shown_again(
    meeting: Meeting, guests: ExpectedList, meanwhile: str
) -> None:
    upload = receive(guests, TWO)
    batches.confirm(upload, upload.digest, by=meeting.owner)
    if meanwhile == "same_phone":
        make_person(meeting, "张三丰", 1, on=guests)
    elif meanwhile == "same_person_elsewhere":
        make_person(meeting, "张三", 1, on=make_list(meeting, "贵宾", kind="vip"))
    else:
        make_person(meeting, "王五", 9, on=guests)
    before = listed(meeting)
    again = write(upload)
    assert (again.state, again.error_code, listed(meeting), guests.versions.count()) == ("waiting", "list_changed", before, 0)
    assert again.digest != upload.digest or meanwhile == "unrelated"
    assert confirm(again).state == "confirmed"


def test_of_two_organisers_the_second_is_shown_what_the_first_wrote(meeting: Meeting, guests: ExpectedList) -> None:
    first = receive(guests, TWO)
    colleague = make_member(meeting.organisation).user
    second = read(batches.receive(guests, csv_file(TWO), name="b.csv", origin=FILE, by=colleague, now=NOW))
    for upload in (first, second):
        batches.confirm(upload, upload.digest, by=upload.by)
    assert write(first).state == "confirmed"
    shown = write(second)
    assert (shown.state, lines(shown)) == ("waiting", [(2, "same", "take"), (3, "same", "take")])
    assert (confirm(shown).counts["same"], len(listed(meeting))) == (2, 2)


# --- what a second upload does ---


def test_a_second_upload_changes_people_and_keeps_who_they_are(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, TWO)
    before = meeting.people.get(name="张三")
    counts = bring(guests, "姓名,手机号,公司\n张三丰,13800000001,新星河\n王五,13800000003,\n")
    assert (counts["new"], counts["changed"], counts["same"]) == (1, 1, 0)
    zhang = meeting.people.get(phone_tail="0001")
    assert (zhang.pk, zhang.tag, zhang.name, zhang.company) == (before.pk, before.tag, "张三丰", "新星河")
    assert [name for name, *_ in listed(meeting)] == ["张三丰", "李四", "王五"]


def test_people_missing_from_the_file_go_only_when_that_was_chosen(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, TWO)
    assert (bring(guests, ONE)["removed"], len(listed(meeting))) == (0, 2)
    assert (bring(guests, ONE, gone=True)["removed"], len(listed(meeting)), meeting.people.count()) == (1, 1, 2)
    assert [person.removed_at for person in meeting.people.filter(name="李四")] == [NOW]


def test_one_missing_person_goes_by_choice_and_another_stays(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, TWO + "王五,13800000003,\n")
    upload = receive(guests, ONE)
    batches.choose(upload, "take", missing=[meeting.people.get(name="李四").pk])
    upload.refresh_from_db()
    assert confirm(upload).counts["removed"] == 1
    assert [name for name, *_ in listed(meeting)] == ["张三", "王五"]


def test_somebody_removed_comes_back_as_the_same_person(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, TWO)
    tag = meeting.people.get(name="李四").tag
    bring(guests, ONE, gone=True)
    assert (bring(guests, TWO)["new"], meeting.people.count()) == (1, 2)
    back = meeting.people.get(name="李四")
    assert (back.tag, back.removed_at) == (tag, None)


def test_an_empty_cell_leaves_what_the_list_has(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, "姓名,编号,手机号,公司\n张三,A1,13800000001,星河\n")
    bring(guests, "姓名,编号,手机号,公司\n张三,A1,,无\n")
    assert listed(meeting) == [("张三", phone(1), "星河")]


def test_a_phone_may_pass_from_somebody_who_leaves_to_somebody_who_stays(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, "姓名,编号,手机号\n张三,A1,13800000001\n李四,A2,13800000002\n")
    people.remove(meeting.people.get(code="A2"), by=meeting.owner, now=NOW)
    assert bring(guests, "姓名,编号,手机号\n张三,A1,13800000002\n")["changed"] == 1
    assert listed(meeting) == [("张三", phone(2), "")]


def test_columns_without_a_field_are_kept_beside_the_person(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, "姓名,城市,序号\n张三,上海,1\n")
    assert meeting.people.get().extra == {"城市": "上海"}


def test_somebody_who_registered_is_expected_by_the_list_once_it_names_them(
    meeting: Meeting, guests: ExpectedList
) -> None:
    make_person(meeting, "张三", 1, source="registrant", row=0, enroll_id="5")
    counts = bring(guests, ONE)
    person = meeting.people.get()
    assert (counts["new"], person.source, person.enroll_id, guests.listings.count()) == (1, "list", "5", 1)


def test_the_order_of_the_newest_file_holds(guests: ExpectedList) -> None:
    bring(guests, TWO)
    bring(guests, "姓名,手机号\n李四,13800000002\n张三,13800000001\n")
    assert list(guests.listings.values_list("person__name", "row")) == [("李四", 2), ("张三", 3)]


# --- several lists ---


def test_one_person_on_two_lists_is_one_person_and_what_the_stronger_says(
    meeting: Meeting, guests: ExpectedList
) -> None:
    bring(guests, TWO)
    bring(make_list(meeting, "贵宾", kind="vip"), ONE)
    assert meeting.people.count() == 2
    assert dict(meeting.people.values_list("name", "kind")) == {"张三": "vip", "李四": "expected"}


def test_leaving_one_of_two_lists_is_not_leaving_the_meeting(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, TWO)
    bring(make_list(meeting, "不得入内", kind="barred"), ONE)
    bring(guests, "姓名,手机号\n李四,13800000002\n", gone=True)
    zhang = meeting.people.get(name="张三")
    assert (zhang.removed_at, zhang.kind, guests.listings.count()) == (None, "barred", 1)


def test_new_people_have_the_kind_of_their_list(meeting: Meeting) -> None:
    bring(make_list(meeting, "本公司", kind="staff"), TWO)
    assert (meeting.people.awaited().count(), meeting.people.present().count()) == (0, 2)


# --- sheet, columns, repair, choice ---


def test_another_sheet_is_read_when_chosen_and_its_repairs_are_its_own(guests: ExpectedList) -> None:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed) as book:
        for name, row in (("一", ["张三", "1380"]), ("other", ["李四", "13800000002"])):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["姓名", "手机号"])
            page.write_row(1, 0, row)
    upload = read(batches.receive(guests, packed.getvalue(), name="a.xlsx", origin=FILE, by=guests.meeting.owner, now=NOW))
    assert lines(upload) == [(2, "faulty", "take")]
    batches.choose_sheet(upload, sheet="other", header_line=None)
    upload = read(upload)
    assert (upload.sheet, lines(upload)) == ("other", [(2, "new", "take")])
    batches.choose_sheet(upload, sheet="other", header_line=0)
    assert (read(upload).header_line, upload.lines.count()) == (0, 2)


def test_a_mapping_is_checked_remembered_and_proposed_for_the_next_file_of_the_shape(
    meeting: Meeting, guests: ExpectedList
) -> None:
    text = "姓名,谁,手机号\n张三,李四,13800000001\n"
    upload = receive(guests, text)
    with pytest.raises(batches.BadMapping) as caught:
        batches.remap(upload, ["keep", "keep", "phone"])
    assert caught.value.codes == ["no_name"]
    batches.remap(upload, ["ours", "name", "phone"])
    upload.refresh_from_db()
    assert ColumnMemory.objects.count() == 0
    confirm(upload)
    assert listed(meeting) == [("李四", phone(1), "")]
    other = make_list(make_meeting(make_member(meeting.organisation)))
    assert receive(other, text).mapping == ["ours", "name", "phone"]
    assert receive(make_list(make_meeting(make_member())), text).mapping != ["ours", "name", "phone"]


def test_a_cell_is_repaired_in_the_batch_and_the_repair_outlives_a_new_mapping(
    meeting: Meeting, guests: ExpectedList
) -> None:
    upload = receive(guests, "姓名,手机号,公司\n张三,1380,星河\n李四,13800000002,银河\n")
    assert lines(upload) == [(2, "faulty", "take"), (3, "new", "take")]
    batches.repair(upload, {2: {1: "13800000001"}, 99: {1: "x"}, 3: {7: "beyond"}})
    batches.remap(upload, ["name", "phone", "keep"])
    upload.refresh_from_db()
    assert lines(upload) == [(2, "new", "take"), (3, "new", "take")]
    confirm(upload)
    assert [(each.name, each.phone, each.extra) for each in meeting.people.all()] == [
        ("张三", phone(1), {"公司": "星河"}),
        ("李四", phone(2), {"公司": "银河"}),
    ]


def test_a_row_left_out_is_not_written_and_its_person_is_not_missing(meeting: Meeting, guests: ExpectedList) -> None:
    bring(guests, TWO)
    upload = receive(guests, "姓名,手机号,公司\n张三,13800000001,月球\n李四,13800000002,银河\n")
    batches.choose(upload, "leave", lines=[2])
    upload.refresh_from_db()
    assert lines(upload) == [(2, "changed", "leave"), (3, "same", "take")]
    assert confirm(upload).counts["changed"] == 0
    assert listed(meeting)[0] == ("张三", phone(1), "星河")


def test_rows_told_to_be_one_person_become_one(meeting: Meeting, guests: ExpectedList) -> None:
    upload = receive(guests, "姓名,手机号,公司\n张三,13800000001,\n张三,13800000001,星河\n")
    assert [effect for _, effect, _ in lines(upload)] == ["new", "faulty"]
    batches.choose(upload, "merge", lines=[3])
    upload.refresh_from_db()
    assert confirm(upload).counts["new"] == 1
    assert listed(meeting) == [("张三", phone(1), "星河")]


def test_a_large_batch_is_checked_again_by_a_worker(guests: ExpectedList) -> None:
    rows = "".join(f"客户{number},138{number:08d}\n" for number in range(batches.AT_ONCE + 1))
    upload = receive(guests, f"姓名,手机号\n{rows}")
    batches.choose(upload, "leave", lines=[2])
    upload.refresh_from_db()
    assert upload.state == "reading"
    upload = read(upload)
    assert (upload.state, upload.lines.filter(choice="leave").count()) == ("waiting", 1)


@pytest.mark.parametrize("late", ["confirmed", "discarded", "reading"])
def test_a_batch_that_does_not_wait_is_not_touched(guests: ExpectedList, late: str) -> None:
    upload = receive(guests, TWO)
    Upload.objects.filter(pk=upload.pk).update(state=late)
    for act in (
        lambda: batches.repair(upload, {2: {0: "王五"}}),
        lambda: batches.choose(upload, "leave", lines=[2]),
        lambda: batches.choose_all_missing(upload, "take"),
        lambda: batches.remap(upload, ["name", "phone", "company"]),
        lambda: batches.choose_sheet(upload, sheet="", header_line=1),
        lambda: batches.confirm(upload, upload.digest, by=guests.meeting.owner),
    ):
        with pytest.raises(batches.NotWaiting):
            act()
    assert lines(upload) == [(2, "new", "take"), (3, "new", "take")]


# --- the worker ---


def test_reading_tells_how_far_it_is(meeting: Meeting, guests: ExpectedList) -> None:
    rows = [["姓名", "手机号"], *([f"客户{number}", f"138{number:08d}"] for number in range(2500))]
    upload = batches.receive(guests, xlsx_file(rows), name="a.xlsx", origin=FILE, by=meeting.owner, now=NOW)
    job = claimed(upload, "meetings.read_upload")
    intake.read(upload, job)
    job.refresh_from_db()
    assert (job.made, job.wanted, upload.rows, upload.chunks.count()) == (2500, 2500, 2500, 3)


def test_a_batch_cancelled_while_it_is_read_leaves_nothing(
    meeting: Meeting, guests: ExpectedList, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "姓名\n" + "".join(f"客户{number}\n" for number in range(2500))
    upload = batches.receive(guests, text.encode(), name="a.csv", origin=FILE, by=meeting.owner, now=NOW)
    job = claimed(upload, "meetings.read_upload")
    cut = chunks.pieces

    def cancelled_in_the_middle(rows: chunks.Rows) -> Iterator[list[chunks.Stored]]:
        for number, piece in enumerate(cut(rows)):
            assert number == 0 or batches.discard(Upload.objects.get(pk=upload.pk)) == (number == 1)
            yield piece

    monkeypatch.setattr(chunks, "pieces", cancelled_in_the_middle)
    with pytest.raises(queue.LostLease):
        intake.read(upload, job)
    assert (Upload.objects.get(pk=upload.pk).state, rest(upload)) == ("discarded", (b"", 0, 0))


def test_reading_begins_anew_after_a_crash_and_reads_no_row_twice(meeting: Meeting, guests: ExpectedList) -> None:
    upload = batches.receive(guests, csv_file(TWO), name="a.csv", origin=FILE, by=meeting.owner, now=NOW)
    UploadChunk.objects.create(upload=upload, number=0, body=b"of a worker that was killed")
    upload = read(upload)
    assert (upload.rows, upload.chunks.count(), lines(upload)) == (2, 1, [(2, "new", "take"), (3, "new", "take")])
    # Killed after the rows were read whole: they are not read again.
    Upload.objects.filter(pk=upload.pk).update(state="reading", body=b"gone")
    queue.enqueue("meetings.read_upload", subject=batches.subject_of(upload), upload_id=upload.pk)
    assert read(upload).state == "waiting"


# --- the end of a batch ---


def test_a_batch_waits_a_day_and_no_longer(guests: ExpectedList) -> None:
    upload = receive(guests, TWO)
    late = NOW + timedelta(hours=24)
    assert (batches.expire(late - timedelta(seconds=1)), batches.expire(late), Upload.objects.count()) == (0, 1, 0)
    assert rest_of_all() == 0
    assert upload.expires_at == late


def rest_of_all() -> int:
    return UploadChunk.objects.count() + UploadLine.objects.count()


def test_a_batch_about_to_be_written_does_not_expire_and_a_parked_one_does(guests: ExpectedList) -> None:
    upload = receive(guests, TWO)
    batches.confirm(upload, upload.digest, by=guests.meeting.owner)
    late = NOW + timedelta(hours=25)
    assert (batches.expire(late), batches.discard(upload)) == (0, False)
    queue.fail(claimed(upload, "meetings.write_upload"), "defect")
    assert (batches.discard(upload), rest(upload), batches.expire(late)) == (True, (b"", 0, 0), 1)


def test_a_discarded_batch_is_forgotten(guests: ExpectedList) -> None:
    upload = receive(guests, TWO)
    assert (batches.discard(upload), batches.discard(upload), rest(upload)) == (True, False, (b"", 0, 0))


def test_a_new_batch_takes_the_place_of_ones_own_that_waits(guests: ExpectedList) -> None:
    first = receive(guests, TWO)
    colleague = make_member(guests.meeting.organisation).user
    theirs = batches.receive(guests, csv_file(TWO), name="b.csv", origin=FILE, by=colleague, now=NOW)
    second = receive(guests, TWO)
    states = [Upload.objects.get(pk=upload.pk).state for upload in (first, theirs, second)]
    assert states == ["discarded", "reading", "waiting"]


def test_a_confirmation_is_in_the_audit_log_without_personal_data(guests: ExpectedList) -> None:
    bring(guests, TWO + "王五,13800,\n")
    entry = Entry.objects.get(action="list.confirmed")
    counts = {"new": 2, "changed": 0, "same": 0, "removed": 0, "faulty": 1}
    assert {name: entry.detail[name] for name in counts} == counts
    assert "张三" not in str(entry.detail)


def test_results_follow_a_confirmed_batch(guests: ExpectedList) -> None:
    bring(guests, TWO)
    assert Job.objects.filter(task="attendance.match_meeting", state="waiting").count() == 1


# --- many rows ---


def test_a_list_of_five_thousand_is_read_and_written_with_few_queries(
    meeting: Meeting, guests: ExpectedList, django_assert_max_num_queries: Callable
) -> None:
    rows = [["姓名", "手机号"], *([f"客户{number}", 13800000000 + number] for number in range(5000))]
    upload = batches.receive(guests, xlsx_file(rows), name="list.xlsx", origin=FILE, by=meeting.owner, now=NOW)
    with django_assert_max_num_queries(80):
        upload = read(upload)
    batches.confirm(upload, upload.digest, by=meeting.owner)
    with django_assert_max_num_queries(80):
        upload = write(upload)
    assert (upload.counts["new"], ExpectedPerson.objects.present().count(), guests.listings.count()) == (5000, 5000, 5000)
    with django_assert_max_num_queries(300):
        counts = bring(guests, "姓名,手机号,公司\n" + "".join(f"客户{n},{13800000000 + n},星河\n" for n in range(5000)))
    assert counts["changed"] == 5000
