"""The pages of a list on its way in, through a browser's requests: what is shown, repaired, chosen, and only then written."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.lists import rosters
from meetings.models import ExpectedList, Meeting, Upload
from portal.accounts.models import Membership
from portal.audit.models import Entry
from tests.factories import make_meeting, make_member, phone
from tests.meetings.sheets import csv_file, xlsx_file

pytestmark = pytest.mark.django_db

HEAD = "姓名,手机号,公司\n"
# Faulty in line 3 with a proposal, in line 4 without one.
FAULTY = csv_file(f"{HEAD}张三,13800000001,星河\n李四,138OOOO0002,银河\n,13800000003,银河\n")
FULL = re.compile(r"1380000\d{4}")

Jobs = Callable[[], int]


@pytest.fixture
def waiting(client: Client, meeting: Meeting, run_jobs: Jobs) -> Callable[..., Upload]:
    """Give a function that sends a file and lets a worker read it."""

    def send(body: bytes, name: str = "list.csv", **form: str) -> Upload:
        client.post(url("upload", meeting), form_for(meeting) | {"file": SimpleUploadedFile(name, body)} | form)
        run_jobs()
        return meeting.uploads.latest("pk")

    return send


def form_for(meeting: Meeting) -> dict[str, str]:
    first = meeting.lists.first()
    return {"into": str(first.pk)} if first else {"into": "new", "list_name": "客户", "kind": "expected"}


def url(name: str, meeting: Meeting, **more: int) -> str:
    return reverse(f"meetings:{name}", kwargs={"pk": meeting.pk} | more)


def page_of(client: Client, upload: Upload, **query: str) -> HttpResponse:
    return client.get(url("upload_preview", upload.meeting, upload=upload.pk), query)


def post(client: Client, name: str, upload: Upload, **form: object) -> HttpResponse:
    return client.post(url(name, upload.meeting, upload=upload.pk), form)


def confirm(client: Client, upload: Upload, run_jobs: Jobs) -> None:
    digest = page_of(client, upload).context["confirm"].initial["digest"]
    post(client, "upload_confirm", upload, digest=digest)
    run_jobs()


def names(meeting: Meeting) -> list[str]:
    return list(meeting.people.present().order_by("row", "pk").values_list("name", flat=True))


# --- three ways in ---


def test_a_file_is_read_by_a_worker_and_shown_before_anything_is_written(
    client: Client, meeting: Meeting, run_jobs: Jobs
) -> None:
    answer = client.post(url("upload", meeting), form_for(meeting) | {"file": SimpleUploadedFile("a.csv", FAULTY)})
    upload = meeting.uploads.get()
    assert answer["Location"] == url("upload_preview", meeting, upload=upload.pk)
    assert "hx-get" in client.get(answer["Location"]).content.decode()
    assert post(client, "upload_progress", upload).status_code == 200
    run_jobs()
    done = client.get(url("upload_progress", meeting, upload=upload.pk))
    assert (done.status_code, done["HX-Refresh"]) == (286, "true")
    page = page_of(client, upload)
    assert {name: page.context["counts"][name] for name in ("new", "faulty", "changed")} == {
        "new": 1,
        "faulty": 2,
        "changed": 0,
    }
    assert (FULL.search(page.content.decode()), names(meeting)) == (None, [])
    confirm(client, upload, run_jobs)
    assert names(meeting) == ["张三"]
    assert "1" in page_of(client, upload).context["saved"][0]


def test_a_pasted_chain_becomes_a_list_of_its_own_kind(client: Client, meeting: Meeting, run_jobs: Jobs) -> None:
    text = "#接龙\n1. 张三 星河证券 13800000001\n2. 李四 银河资本 13800000002"
    client.post(
        url("upload", meeting), {"way": "paste", "text": text, "into": "new", "list_name": "贵宾", "kind": "vip"}
    )
    run_jobs()
    confirm(client, meeting.uploads.get(), run_jobs)
    assert (names(meeting), meeting.lists.get().kind) == (["张三", "李四"], "vip")
    assert set(meeting.people.values_list("kind", flat=True)) == {"vip"}


def test_a_list_of_an_earlier_meeting_comes_over(
    client: Client, member: Membership, meeting: Meeting, waiting: Callable[..., Upload], run_jobs: Jobs
) -> None:
    confirm(client, waiting(csv_file(f"{HEAD}张三,13800000001,星河\n")), run_jobs)
    later = make_meeting(member)
    source = meeting.lists.get()
    form = {"way": "copy", "source": str(source.pk), "into": "new", "list_name": "老客户", "kind": "expected"}
    client.post(url("upload", later), form)
    run_jobs()
    confirm(client, later.uploads.get(), run_jobs)
    person = later.people.get()
    assert (person.name, person.phone, person.company) == ("张三", phone(1), "星河")


def test_a_stranger_s_list_is_not_offered(client: Client, meeting: Meeting) -> None:
    foreign = make_meeting(make_member())
    theirs = rosters.make(foreign, name="x", kind="expected", by=foreign.owner)
    form = {"way": "copy", "source": str(theirs.pk), "into": "new", "list_name": "x", "kind": "expected"}
    assert client.post(url("upload", meeting), form).status_code == 200
    assert (meeting.uploads.count(), meeting.lists.count()) == (0, 0)


BAD = {
    "nothing in it": ("list.csv", b""),
    "too large": ("list.csv", b"x" * (20 * 1024 * 1024 + 1)),
}


@pytest.mark.parametrize(("name", "body"), BAD.values(), ids=BAD.keys())
def test_a_file_refused_at_once_leaves_neither_list_nor_upload(
    client: Client, meeting: Meeting, name: str, body: bytes
) -> None:
    page = client.post(url("upload", meeting), form_for(meeting) | {"file": SimpleUploadedFile(name, body)})
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["file"])
    assert (Upload.objects.count(), ExpectedList.objects.count()) == (0, 0)


def test_a_file_that_cannot_be_read_says_why_and_what_next(client: Client, waiting: Callable[..., Upload]) -> None:
    upload = waiting(xlsx_file([["姓名"], ["张三"]])[:500], "list.xlsx")
    page = page_of(client, upload)
    assert (upload.state, bool(page.context["reason"])) == ("unreadable", True)


def test_reading_is_cancelled(client: Client, meeting: Meeting, run_jobs: Jobs) -> None:
    client.post(url("upload", meeting), form_for(meeting) | {"file": SimpleUploadedFile("a.csv", FAULTY)})
    upload = meeting.uploads.get()
    post(client, "upload_discard", upload)
    run_jobs()
    upload.refresh_from_db()
    assert (upload.state, bytes(upload.body), upload.lines.count()) == ("discarded", b"", 0)
    assert page_of(client, upload)["Location"] == url("people", meeting)


# --- repair in the grid ---


def test_a_cell_is_repaired_in_the_grid(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload], run_jobs: Jobs
) -> None:
    upload = waiting(FAULTY)
    form = {"cell-4-0": "王五", "cell-4-1": "", "cell-4-2": "银河", "line": ["3", "4"], "show": "faulty"}
    answer = post(client, "upload_repair", upload, **form)
    assert answer["Location"].endswith("?show=faulty")
    assert page_of(client, upload).context["counts"]["faulty"] == 1
    confirm(client, upload, run_jobs)
    # The phone was masked; its empty input left it as it was.
    assert {person.name: person.phone for person in meeting.people.all()} == {"张三": phone(1), "王五": phone(3)}


@pytest.mark.parametrize("form", [{"meant": "3"}, {"meant": "all", "line": ["3", "4"]}])
def test_a_proposal_is_taken_with_one_click(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload], run_jobs: Jobs, form: dict
) -> None:
    upload = waiting(FAULTY)
    assert page_of(client, upload, show="faulty").context["rows"][0].proposal == "138****0002"
    post(client, "upload_repair", upload, **form)
    confirm(client, upload, run_jobs)
    assert names(meeting) == ["张三", "李四"]


@pytest.mark.parametrize(
    "form", [{"cell-4-99": "x"}, {"cell-999-0": "x"}, {"cell-x-0": "x"}, {"cell-4-0-1": "x"}, {"meant": "x"}, {}]
)
def test_a_cell_that_is_not_there_changes_nothing(client: Client, waiting: Callable[..., Upload], form: dict) -> None:
    upload = waiting(FAULTY)
    assert post(client, "upload_repair", upload, **form).status_code == 302
    assert page_of(client, upload).context["counts"]["faulty"] == 2


def test_the_reject_file_mends_the_batch_it_was_made_from(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload], run_jobs: Jobs
) -> None:
    upload = waiting(FAULTY)
    file = client.get(url("upload_rejects", meeting, upload=upload.pk), {"kind": "csv"})
    heading, *rows = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
    assert heading[3:] == ["姓名", "手机号", "公司"]
    assert [(row[1], *row[3:]) for row in rows] == [
        ("3", "李四", "138OOOO0002", "银河"),
        ("4", "", "13800000003", "银河"),
    ]
    rows[0][4], rows[1][3] = "13800000002", "王五"
    body = "\n".join(",".join(row) for row in [heading, *rows]).encode()
    # By the form of the batch, or as any list: its name says where it belongs.
    name = re.search(r'filename="([^"]+)"', file["Content-Disposition"])[1]
    answer = client.post(url("upload", meeting), form_for(meeting) | {"file": SimpleUploadedFile(name, body)})
    assert answer["Location"] == url("upload_preview", meeting, upload=upload.pk)
    confirm(client, upload, run_jobs)
    assert (names(meeting), meeting.uploads.count()) == (["张三", "李四", "王五"], 1)


def test_the_reject_file_is_for_who_brought_it_or_may_see_phones(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload]
) -> None:
    upload = waiting(FAULTY)
    codes = {}
    for role in ("organiser", "administrator"):
        other = make_member(meeting.organisation, role)
        meeting.shares.create(user=other.user)
        client.force_login(other.user)
        codes[role] = client.get(url("upload_rejects", meeting, upload=upload.pk)).status_code
    assert codes == {"organiser": 403, "administrator": 200}
    assert Entry.objects.filter(action="list.rejects_exported").count() == 1


def test_another_file_is_not_taken_for_rejected_rows(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload]
) -> None:
    upload = waiting(FAULTY)
    post(client, "upload_rejects", upload, rejects=SimpleUploadedFile("x.csv", FAULTY))
    assert page_of(client, upload).context["counts"]["faulty"] == 2


# --- sheet, columns ---


def test_another_mapping_changes_what_is_shown(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload], run_jobs: Jobs
) -> None:
    upload = waiting(csv_file("姓名,昵称,手机号\n张三,阿三,13800000001\n"))
    post(client, "upload_columns", upload, column_0="ours", column_1="name", column_2="phone")
    confirm(client, upload, run_jobs)
    assert names(meeting) == ["阿三"]
    assert page_of(client, waiting(csv_file("姓名,昵称,手机号\n李四,阿四,13800000002\n"))).context["remembered"] is True


def test_a_mapping_without_a_name_is_refused_with_a_sentence(client: Client, waiting: Callable[..., Upload]) -> None:
    page = post(client, "upload_columns", waiting(FAULTY), column_0="keep", column_1="phone", column_2="phone")
    assert (page.status_code, len(page.context["columns"].non_field_errors())) == (200, 2)


def test_another_heading_line_is_read(client: Client, waiting: Callable[..., Upload], run_jobs: Jobs) -> None:
    upload = waiting(csv_file(f"姓名,手机,公司\n{HEAD}张三,13800000001,星河\n"))
    post(client, "upload_sheet", upload, header_line="0")
    run_jobs()
    upload.refresh_from_db()
    assert (upload.state, upload.header_line) == ("waiting", 0)


# --- choice by row ---

TWICE = csv_file(f"{HEAD}张三,13800000001,星河\n李四,13800000001,银河\n王五,,星河\n王五,,星河\n")


def test_rows_that_look_alike_are_shown_together_and_put_together_only_when_told(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload], run_jobs: Jobs
) -> None:
    upload = waiting(TWICE)
    groups = page_of(client, upload, show="twice").context["rows"]
    assert [(group.first.line.line, [row.line.line for row in group.others]) for group in groups] == [
        (2, [3]),
        (4, [5]),
    ]
    post(client, "upload_choose", upload, one="merge:5", show="twice")
    post(client, "upload_repair", upload, **{"cell-3-1": "-"})
    confirm(client, upload, run_jobs)
    assert {person.name: person.phone for person in meeting.people.all()} == {"张三": phone(1), "李四": "", "王五": ""}
    assert meeting.people.count() == 3


def test_twins_stay_two_unless_told_otherwise(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload], run_jobs: Jobs
) -> None:
    confirm(client, waiting(TWICE), run_jobs)
    assert names(meeting) == ["张三", "王五", "王五"]


def test_the_difference_is_shown_and_chosen_by_row(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload], run_jobs: Jobs
) -> None:
    head = "姓名,手机号,公司,编号\n"
    confirm(
        client,
        waiting(csv_file(f"{head}张三,13800000001,星河,K1\n李四,13800000002,银河,\n王五,13800000003,银河,\n")),
        run_jobs,
    )
    upload = waiting(csv_file(f"{head}张三,13800000009,星河,K1\n李四,13800000002,海王星,\n"))
    counts = page_of(client, upload).context["counts"]
    assert {name: counts[name] for name in ("new", "changed", "same", "missing", "going")} == {
        "new": 0, "changed": 2, "same": 0, "missing": 1, "going": 0,
    }  # fmt: skip
    rows = page_of(client, upload, show="changed").context["rows"]
    told = [(each.before, each.after) for row in rows for each in row.differences]
    assert told == [("138****0001", "138****0009"), ("银河", "海王星")]
    gone = page_of(client, upload, show="missing").context["rows"][0]
    assert gone.name == "王五"
    post(client, "upload_choose", upload, action="leave", row=["3"], show="changed")
    post(client, "upload_choose", upload, action="take", row=[str(gone.line.person_id)], show="missing")
    assert page_of(client, upload).context["counts"]["going"] == 1
    confirm(client, upload, run_jobs)
    people = {person.name: (person.phone, person.company) for person in meeting.people.present()}
    assert people == {"张三": (phone(9), "星河"), "李四": (phone(2), "银河")}


def test_everybody_missing_goes_or_stays_at_once(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload], run_jobs: Jobs
) -> None:
    confirm(client, waiting(csv_file(f"{HEAD}张三,13800000001,星河\n李四,13800000002,银河\n")), run_jobs)
    upload = waiting(csv_file(f"{HEAD}王五,13800000003,银河\n"))
    post(client, "upload_choose", upload, action="all_take", show="missing")
    assert page_of(client, upload).context["counts"]["going"] == 2
    post(client, "upload_choose", upload, action="all_leave", show="missing")
    assert page_of(client, upload).context["counts"]["going"] == 0


@pytest.mark.parametrize(
    "form", [{}, {"action": "take"}, {"one": "take:x"}, {"action": "odd", "row": "2"}, {"action": "all_odd"}]
)
def test_an_odd_choice_changes_nothing(client: Client, waiting: Callable[..., Upload], form: dict) -> None:
    upload = waiting(FAULTY)
    before = page_of(client, upload).context["counts"]
    assert post(client, "upload_choose", upload, **form).status_code == 302
    assert page_of(client, upload).context["counts"] == before


# --- the yes ---


def test_a_yes_to_something_never_shown_writes_nothing(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload], run_jobs: Jobs
) -> None:
    upload = waiting(FAULTY)
    post(client, "upload_confirm", upload, digest="x")
    post(client, "upload_confirm", upload)
    run_jobs()
    assert names(meeting) == []


def test_a_list_changed_between_the_yes_and_the_writing_is_shown_again(
    client: Client, meeting: Meeting, waiting: Callable[..., Upload], run_jobs: Jobs
) -> None:
    upload = waiting(FAULTY)
    post(client, "upload_confirm", upload, digest=page_of(client, upload).context["confirm"].initial["digest"])
    client.post(url("person_add", meeting), {"name": "张三", "phone": "13800000001", "company": "月球"})
    run_jobs()
    page = page_of(client, upload)
    assert (page.context["upload"].state, page.context["upload"].error_code) == ("waiting", "list_changed")
    assert list(meeting.people.values_list("company", flat=True)) == ["月球"]


def test_what_a_file_holds_is_shown_as_text(client: Client, waiting: Callable[..., Upload]) -> None:
    upload = waiting(csv_file("姓名,<script>alert(1)</script>\n<b>张三</b>,<i>x</i>\n"), "<script>.csv")
    shown = "".join(page_of(client, upload, show=name).content.decode() for name in ("new", "faulty", "doubt"))
    assert [bad for bad in ("<script>alert", "<b>张三", "<i>x") if bad in shown] == []


@pytest.mark.parametrize("show", ["faulty", "twice", "doubt", "changed", "missing", "new", "same", "left", "odd"])
def test_every_section_has_a_page_even_when_it_is_empty(
    client: Client, waiting: Callable[..., Upload], show: str
) -> None:
    assert page_of(client, waiting(FAULTY), show=show, page="999").status_code == 200


@pytest.mark.parametrize("count", [1, 40])
def test_a_dry_run_takes_the_same_queries_for_one_row_and_forty(
    client: Client, waiting: Callable[..., Upload], count: int, django_assert_max_num_queries: Callable
) -> None:
    upload = waiting(csv_file(HEAD + "".join(f"客户{number},1380000{number},星河\n" for number in range(count))))
    with django_assert_max_num_queries(20):
        page_of(client, upload, show="faulty")


def test_an_upload_that_expired_is_gone(client: Client, meeting: Meeting, waiting: Callable[..., Upload]) -> None:
    upload = waiting(FAULTY)
    meeting.uploads.update(expires_at=timezone.now())
    assert page_of(client, upload)["Location"] == url("people", meeting)


def test_lines_that_hold_nobody_are_named(client: Client, waiting: Callable[..., Upload]) -> None:
    upload = waiting(csv_file(f"周五路演名单\n{HEAD}张三,13800000001,星河\n{HEAD}李四,13800000002,银河\n合计,2人,\n"))
    assert (upload.counts["new"], upload.skipped) == (2, [[1, "title"], [4, "heading"], [6, "total"]])
    shown = page_of(client, upload)
    assert len(shown.context["skipped"]) == 3
    assert all(line in shown.content.decode() for line in shown.context["skipped"])


def test_nothing_is_said_where_every_line_holds_somebody(client: Client, waiting: Callable[..., Upload]) -> None:
    assert page_of(client, waiting(FAULTY)).context["skipped"] == []


@pytest.mark.parametrize("state", ["reading", "writing", "confirmed", "discarded"])
def test_columns_of_a_batch_that_does_not_wait_are_left_alone(
    client: Client, waiting: Callable[..., Upload], state: str
) -> None:
    upload = waiting(FAULTY)
    Upload.objects.update(state=state, columns=[], mapping=[])
    assert post(client, "upload_columns", upload).status_code == 302
    upload.refresh_from_db()
    assert (upload.state, upload.mapping) == (state, [])


def test_what_was_saved_is_said_in_the_readers_language(client: Client, waiting: Callable[..., Upload], run_jobs: Jobs) -> None:
    first = waiting(csv_file(f"{HEAD}张三,13800000001,星河\n李四,13800000002,银河\n"))
    confirm(client, first, run_jobs)
    second = waiting(csv_file(f"{HEAD}张三,13800000001,海王\n李四,13800000002,银河\n"))
    confirm(client, second, run_jobs)
    said = {}
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language
        said[language] = [page_of(client, each).context["saved"] for each in (first, second)]
    assert said == {
        "en": [["2 people are new on the list."], ["1 person was changed.", "1 person stays as they were."]],
        "zh-hans": [["2 人新加入名单。"], ["1 人的信息已修改。", "1 人保持不变。"]],
    }


def test_signs_of_direction_do_not_turn_the_page_round(client: Client, waiting: Callable[..., Upload]) -> None:
    upload = waiting(csv_file("姓名,手机号,备\u202e注\n张\u200b三\u202e,\u202d13800000001\u202c,红\u202e酒\n"))
    pages = [page_of(client, upload, show=section).content.decode() for section in ("new", "doubt")]
    assert [re.findall("[\u200b-\u200f\u202a-\u202e\u2066-\u2069]", page) for page in pages] == [[], []]
    assert "张三" in pages[0]
    # The grid sent back as it was changes nothing: what was written is kept.
    typed = re.findall(r'name="(cell-[\d-]+)" (?:value="([^"]*)")?', pages[1])
    post(client, "upload_repair", upload, **dict(typed))
    assert upload.lines.get().repaired == ""


def test_rejects_say_in_which_column_each_row_is_wrong(client: Client, meeting: Meeting, waiting: Callable[..., Upload]) -> None:
    upload = waiting(FAULTY)
    file = client.get(url("upload_rejects", meeting, upload=upload.pk), {"kind": "csv"})
    told = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row[2] for row in told[1:]] == ["手机号：手机号里有字母或文字。", "姓名：缺少姓名。"]


def test_duplicates_that_are_not_taken_are_counted_beside_the_yes(client: Client, waiting: Callable[..., Upload]) -> None:
    upload = waiting(csv_file(f"{HEAD}张三,13800000001,星河\n李四,13800000001,银河\n林涛,,海王\n林涛,,海王\n"))
    assert "1 行重复，不会采用" in page_of(client, upload).content.decode()
    post(client, "upload_choose", upload, one="merge:3")
    assert "行重复，不会采用" not in page_of(client, upload).content.decode()


def test_a_list_that_an_upload_was_to_begin_goes_with_it(client: Client, meeting: Meeting, waiting: Callable[..., Upload],
                                                         run_jobs: Jobs) -> None:  # fmt: skip
    post(client, "upload_discard", waiting(FAULTY))
    assert meeting.lists.count() == 0
    confirm(client, waiting(FAULTY), run_jobs)
    post(client, "upload_discard", waiting(FAULTY))
    assert (meeting.lists.count(), names(meeting)) == (1, ["张三"])
