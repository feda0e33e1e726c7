"""A sheet that cannot be read does not hide the others: one of them is chosen, and read."""

import io
from collections.abc import Callable

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from meetings.lists.reading import MAX_ROWS
from meetings.models import Meeting, Upload
from tests.data.lists import packing
from tests.data.lists.kinds import TABLE

pytestmark = pytest.mark.django_db

WIDE = (("姓名", *["x"] * 60), ("张三",))
Jobs = Callable[[], int]


def far_apart() -> bytes:
    """Give a workbook whose first sheet has two cells as far apart as can be, which takes all memory there is."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        page = book.add_worksheet("总表")
        page.write(0, 0, "姓名")
        page.write(1_048_575, 16_383, "x")
        for at, row in enumerate(TABLE):
            book.get_worksheet_by_name("名单") or book.add_worksheet("名单")
            book.get_worksheet_by_name("名单").write_row(at, 0, row)
    return packed.getvalue()


def long() -> bytes:
    """Give a workbook whose first sheet has more rows than a list may have."""
    return packing.xlsx_of({"总表": (("姓名",), *[("张三",)] * (MAX_ROWS + 100)), "名单": TABLE[1:]})


BOOKS = {
    "columns": lambda: packing.xlsx_of({"总表": WIDE, "名单": TABLE[1:]}),
    "rows": long,
    "unpacked": far_apart,
    "no_rows": lambda: packing.xlsx_of({"总表": TABLE[:1], "名单": TABLE}),
}


@pytest.mark.parametrize("code", BOOKS)
def test_after_a_refusal_another_sheet_is_offered_and_read(client: Client, meeting: Meeting, run_jobs: Jobs, code: str) -> None:
    form = {"into": "new", "list_name": "客户", "kind": "expected", "file": SimpleUploadedFile("a.xlsx", BOOKS[code]())}
    client.post(reverse("meetings:upload", args=[meeting.pk]), form)
    run_jobs()
    upload = meeting.uploads.get()
    assert upload.header_line in (None, 1)
    assert (upload.state, upload.error_code, upload.error_detail["sheet"]) == ("unreadable", code, "总表")
    page = client.get(reverse("meetings:upload_preview", args=[meeting.pk, upload.pk]))
    assert "总表" in page.content.decode()
    offered = page.context["sheet"]["sheet"].field.choices
    assert [name for name, _ in offered] == ["总表", "名单"]
    client.post(reverse("meetings:upload_sheet", args=[meeting.pk, upload.pk]), {"sheet": "名单", "header_line": ""})
    run_jobs()
    upload = Upload.objects.get()
    assert (upload.state, upload.sheet, upload.rows) == ("waiting", "名单", 2)
    assert [each["name"] for each in upload.sheets] == ["总表", "名单"]


def test_sheets_that_are_not_read_are_named_in_sight(client: Client, meeting: Meeting, run_jobs: Jobs) -> None:
    page = shown(client, meeting, run_jobs, packing.xlsx_of({"嘉宾": TABLE, "备选": TABLE}))
    assert page.context["upload"].sheet == "嘉宾"
    folded, after = page.content.decode().split('id="columns"')[1].split("</details>")
    assert "<summary>工作表与各列的内容" in folded
    assert f"文件中还有其他工作表，未读取： 备选 · {len(TABLE)} 行" in after
    page = shown(client, meeting, run_jobs, packing.xlsx_of({"嘉宾": TABLE}))
    assert "其他工作表" not in page.content.decode()


def test_what_no_choice_can_mend_offers_none(client: Client, meeting: Meeting, run_jobs: Jobs) -> None:
    offered = {name: "header_line" in shown(client, meeting, run_jobs, packing.xlsx_of({"总表": rows})).content.decode()
               for name, rows in (("columns", WIDE), ("no_rows", TABLE[:1]))}  # fmt: skip
    assert offered == {"columns": False, "no_rows": True}


def shown(client: Client, meeting: Meeting, run_jobs: Jobs, body: bytes) -> HttpResponse:
    """Bring a book onto a list of its own, and give the page that shows it."""
    form = {"into": "new", "list_name": f"客户 {meeting.lists.count()}", "kind": "expected"}
    client.post(reverse("meetings:upload", args=[meeting.pk]), form | {"file": SimpleUploadedFile("a.xlsx", body)})
    run_jobs()
    return client.get(reverse("meetings:upload_preview", args=[meeting.pk, meeting.uploads.latest("pk").pk]))
