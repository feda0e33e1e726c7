"""The lists of a meeting and their versions, through a browser's requests."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from meetings.lists.headings import FIELDS, field_of
from meetings.models import ExpectedList, Meeting
from portal.accounts.models import Membership
from tests.factories import make_meeting, make_member, phone
from tests.meetings.sheets import csv_file

pytestmark = pytest.mark.django_db

HEAD = "姓名,手机号,公司\n"
FIRST = f"{HEAD}张三,13800000001,星河\n李四,13800000002,银河\n"
SECOND = f"{HEAD}张三,13800000001,月球\n王五,13800000003,银河\n"


@pytest.fixture
def bring(client: Client, meeting: Meeting, run_jobs: Callable[[], int]) -> Callable[..., ExpectedList]:
    """Give a function that puts a CSV text onto a list; the people who are not in it go."""

    def bring(text: str, name: str = "客户", kind: str = "expected") -> ExpectedList:
        there = meeting.lists.filter(name=name).first()
        into = {"into": str(there.pk)} if there else {"into": "new", "list_name": name, "kind": kind}
        client.post(url("upload", meeting), into | {"file": SimpleUploadedFile("list.csv", csv_file(text))})
        run_jobs()
        save(client, meeting, run_jobs)
        return meeting.lists.get(name=name)

    return bring


def save(client: Client, meeting: Meeting, run_jobs: Callable[[], int]) -> None:
    upload = meeting.uploads.latest("pk")
    client.post(url("upload_choose", meeting, upload=upload.pk), {"action": "all_take", "show": "missing"})
    upload.refresh_from_db()
    client.post(url("upload_confirm", meeting, upload=upload.pk), {"digest": upload.digest})
    run_jobs()


def url(name: str, meeting: Meeting, **more: int) -> str:
    return reverse(f"meetings:{name}", kwargs={"pk": meeting.pk} | more)


def shown(client: Client, meeting: Meeting, **query: object) -> list[str]:
    return sorted(person.name for person in client.get(url("people", meeting), query).context["filter"].qs)


Bring = Callable[..., ExpectedList]


def test_each_list_is_seen_by_itself_and_somebody_on_two_is_one_person(
    client: Client, meeting: Meeting, bring: Bring
) -> None:
    guests, vips = bring(FIRST), bring(f"{HEAD}李四,13800000002,银河\n", "贵宾", "vip")
    assert shown(client, meeting) == ["张三", "李四"]
    assert shown(client, meeting, list=guests.pk) == ["张三", "李四"]
    assert shown(client, meeting, list=vips.pk) == ["李四"]
    chips = client.get(url("people", meeting)).context["lists"]
    assert [(chip["label"], chip["count"]) for chip in chips if "kind" in chip] == [("客户", 2), ("贵宾", 1)]
    assert dict(meeting.people.values_list("name", "kind")) == {"张三": "expected", "李四": "vip"}


def test_a_list_is_renamed_and_made_for_something_else(client: Client, meeting: Meeting, bring: Bring) -> None:
    roster = bring(FIRST)
    client.post(url("list_change", meeting, roster=roster.pk), {"name": "同事", "kind": "staff"})
    roster.refresh_from_db()
    assert (roster.name, roster.kind) == ("同事", "staff")
    assert set(meeting.people.values_list("kind", flat=True)) == {"staff"}


def test_a_name_that_another_list_has_is_refused(client: Client, meeting: Meeting, bring: Bring) -> None:
    bring(FIRST, "甲")
    roster = bring(FIRST, "乙")
    page = client.post(url("list_change", meeting, roster=roster.pk), {"name": "甲", "kind": "expected"})
    assert list(page.context["form"].errors) == ["name"]


def test_deleting_a_list_says_what_goes_and_leaves_who_is_on_another(
    client: Client, meeting: Meeting, bring: Bring
) -> None:
    guests = bring(FIRST)
    bring(f"{HEAD}李四,13800000002,银河\n", "贵宾", "vip")
    page = client.get(url("list_delete", meeting, roster=guests.pk))
    assert "2" in page.context["goes"][0]
    client.post(url("list_delete", meeting, roster=guests.pk))
    assert (shown(client, meeting), meeting.lists.count()) == (["李四"], 1)


def test_an_earlier_version_is_read_compared_and_restored(
    client: Client, meeting: Meeting, bring: Bring, run_jobs: Callable[[], int]
) -> None:
    bring(FIRST)
    roster = bring(SECOND)
    assert shown(client, meeting) == ["张三", "王五"]
    listed = client.get(url("list_versions", meeting, roster=roster.pk)).context["page"].object_list
    assert [(version.number, version.people) for version in listed] == [(2, 2), (1, 2)]
    page = client.get(url("version_show", meeting, roster=roster.pk, number=1))
    assert {figure["label"]: figure["value"] for figure in page.context["figures"]} == dict(
        zip([figure["label"] for figure in page.context["figures"]], [2, 1, 1, 0, 1], strict=True)
    )
    assert phone(1)[3:] not in page.content.decode()
    answer = client.post(url("version_restore", meeting, roster=roster.pk, number=1))
    run_jobs()
    assert answer["Location"] == url("upload_preview", meeting, upload=meeting.uploads.latest("pk").pk)
    assert shown(client, meeting) == ["张三", "王五"]
    save(client, meeting, run_jobs)
    assert {person.name: person.company for person in meeting.people.present()} == {"张三": "星河", "李四": "银河"}


def test_somebody_is_put_on_the_chosen_list_and_taken_off_one_of_two(
    client: Client, meeting: Meeting, bring: Bring
) -> None:
    guests, vips = bring(FIRST), bring(f"{HEAD}李四,13800000002,银河\n", "贵宾", "vip")
    client.post(url("person_add", meeting), {"name": "马六", "into": str(vips.pk)})
    assert shown(client, meeting, list=vips.pk) == ["李四", "马六"]
    person = meeting.people.get(name="李四")
    page = client.get(url("person_remove", meeting, person=person.pk), {"list": vips.pk})
    assert "客户" in page.context["goes"][0]
    client.post(f"{url('person_remove', meeting, person=person.pk)}?list={vips.pk}")
    assert (shown(client, meeting, list=vips.pk), shown(client, meeting, list=guests.pk)) == (
        ["马六"],
        ["张三", "李四"],
    )


def test_a_list_of_another_meeting_is_not_reached_through_ones_own(client: Client, meeting: Meeting) -> None:
    foreign = ExpectedList.objects.create(meeting=make_meeting(make_member()), name="x")
    codes = {
        client.get(url(name, meeting, roster=foreign.pk)).status_code
        for name in ("list_change", "list_delete", "list_versions")
    }
    assert codes == {404}


@pytest.mark.parametrize("role", ["viewer", "assistant"])
def test_who_only_looks_reads_versions_and_restores_none(
    client: Client, meeting: Meeting, bring: Bring, role: str
) -> None:
    roster = bring(FIRST)
    other = make_member(meeting.organisation, role)
    meeting.shares.create(user=other.user)
    client.force_login(other.user)
    assert client.get(url("list_versions", meeting, roster=roster.pk)).status_code == 200
    page = client.get(url("version_show", meeting, roster=roster.pk, number=1))
    assert (page.status_code, page.context["may_change"]) == (200, False)
    assert client.post(url("version_restore", meeting, roster=roster.pk, number=1)).status_code == 403
    assert client.get(url("list_change", meeting, roster=roster.pk)).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_exported_list_comes_back_unchanged(
    client: Client, meeting: Meeting, bring: Bring, run_jobs: Callable[[], int], kind: str, language: str
) -> None:
    roster = bring(
        "姓名,手机号,公司,职务,邮箱,工号,编号,备注,餐食\n"
        "张三,13800000001,'=星河,经理,a@b.cn,s1,A1,'-无,素食\nAnn Lee,+85291234567,,,,,,,\n"
    )
    with translation.override(language):
        client.cookies["django_language"] = language
        form = {"kind": kind, "full": "on", "reason": "x"}
        body = client.post(f"{url('people_export', meeting)}?list={roster.pk}", form).content
    client.post(url("upload", meeting), {"into": str(roster.pk), "file": SimpleUploadedFile(f"list.{kind}", body)})
    run_jobs()
    upload = meeting.uploads.latest("pk")
    counts = client.get(url("upload_preview", meeting, upload=upload.pk)).context["counts"]
    assert {name: count for name, count in counts.items() if count} == {"same": 2, "taken": 2}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_template_has_headings_that_are_known(client: Client, member: Membership, kind: str, language: str) -> None:
    body = client.get(reverse("meetings:list_template", args=[language, kind])).content
    if kind == "csv":
        headings = body.decode("utf-8-sig").splitlines()[0].split(",")
    else:
        headings = [cell.value for cell in next(openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows())]
    fields = [field_of(heading) for heading in headings]
    assert (sorted(set(fields)), fields[:2]) == (sorted(FIELDS), ["name", "phone"])


@pytest.mark.parametrize("address", [("xx", "csv"), ("en", "pdf")])
def test_no_other_template_is_there(client: Client, member: Membership, address: tuple[str, str]) -> None:
    assert client.get(reverse("meetings:list_template", args=address)).status_code == 404
