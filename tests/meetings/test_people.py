"""The pages of lists and links, through a browser's requests: what is shown, to whom, and what it changes."""

import csv
import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.lists import batches, people, rosters, versions
from meetings.lists.export import neutral
from meetings.models import ExclusiveLink, ExpectedPerson, Meeting
from portal.accounts.models import EnterpriseCredential, Membership, User
from portal.audit.models import Entry
from portal.jobs.models import Job
from tests.factories import make_meeting, make_member, make_person, phone
from tests.meetings.sheets import csv_file

pytestmark = pytest.mark.django_db

LIST = csv_file("姓名,手机号,公司\n张三,13800000001,星河\n李四,1380000abcd,银河\n")
FULL = re.compile(r"1380000\d{4}")
EXCEL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"]


@pytest.fixture
def member(client: Client) -> Membership:
    member = make_member()
    client.force_login(member.user)
    return member


@pytest.fixture
def meeting(member: Membership) -> Meeting:
    return make_meeting(member, enrolment=True)


def url(name: str, meeting: Meeting, **more: int) -> str:
    return reverse(f"meetings:{name}", kwargs={"pk": meeting.pk} | more)


def make_keys(member: Membership) -> None:
    EnterpriseCredential.objects.create(
        organisation=member.organisation, app_id="1", secret_id="s", secret_key="k", operator_userid="u",
        slug=f"slug-{member.pk}", checked_at=timezone.now(), entered_by=member.user,
    )  # fmt: skip


def make_link(person: ExpectedPerson, **fields: object) -> ExclusiveLink:
    fields = {"state": "made", "url": f"https://meeting.example/dm/{person.pk}"} | fields
    return ExclusiveLink.objects.create(meeting=person.meeting, person=person, **fields)


# --- People ---


def test_the_list_is_searched_filtered_and_masked(client: Client, meeting: Meeting) -> None:
    make_person(meeting, "张三", 1, company="星河", imported="done")
    make_person(meeting, "李四", 2, code="A2", imported="dropped")
    make_link(make_person(meeting, "王五", 3))
    make_person(meeting, "走了", 4, removed_at=timezone.now())
    found = {
        query: [
            person.name for person in client.get(url("people", meeting), query_as(query)).context["filter"].qs
        ]
        for query in (
            "",
            "q=星河",
            "q=A2",
            "q=138 0000 0003",
            "q=0002",
            "imported=lost",
            "imported=done",
            "link=made",
            "link=none",
        )
    }
    assert found == {
        "": ["张三", "李四", "王五"], "q=星河": ["张三"], "q=A2": ["李四"], "q=0002": ["李四"],
        "q=138 0000 0003": ["王五"],
        "imported=lost": ["李四"], "imported=done": ["张三"], "link=made": ["王五"], "link=none": ["张三", "李四"],
    }  # fmt: skip
    page = client.get(url("people", meeting)).content.decode()
    assert FULL.search(page) is None
    assert "138****0001" in page


def query_as(query: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in query.split("&") if pair)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_row_and_three(
    client: Client, meeting: Meeting, count: int, django_assert_max_num_queries: Callable
) -> None:
    for number in range(count):
        make_link(make_person(meeting, f"客户{number}", number))
    with django_assert_max_num_queries(16):
        client.get(url("people", meeting))
    with django_assert_max_num_queries(16):
        client.get(url("links", meeting))


def test_somebody_is_added_changed_and_removed_by_hand(client: Client, meeting: Meeting) -> None:
    client.post(url("person_add", meeting), {"name": "张三", "phone": "138 0000 0001", "company": "星河"})
    person = meeting.people.get()
    assert (person.source, person.phone, person.phone_tail) == ("by_hand", phone(1), "0001")
    form = {"name": "张三丰", "phone": "", "seen": people.seen(person)}
    client.post(url("person_change", meeting, person=person.pk), form)
    person.refresh_from_db()
    assert (person.name, person.phone, person.company) == ("张三丰", phone(1), "")
    client.post(url("person_remove", meeting, person=person.pk))
    assert (meeting.people.present().count(), meeting.people.count()) == (0, 1)
    client.post(url("person_add", meeting), {"name": "张三丰", "phone": "13800000001"})
    assert [each.pk for each in meeting.people.all() if each.removed_at is None] == [person.pk]
    actions = Entry.objects.filter(subject_id=person.pk).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["person.added", "person.changed", "person.removed", "person.added"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x", "phone": "138abc"}, "phone"),
        ({"name": "x", "phone": "1380000000"}, "phone"),
        ({"name": "x", "email": "nowhere"}, "email"),
        ({"name": "x", "code": "13800000009"}, "code"),
        ({"name": "x", "phone": "13800000001"}, "phone"),
        ({"name": "x", "code": "A1"}, "code"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    client: Client, meeting: Meeting, typed: dict, field: str
) -> None:
    make_person(meeting, "张三", 1, code="A1")
    page = client.post(url("person_add", meeting), typed)
    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])
    assert meeting.people.count() == 1


def test_a_change_on_a_stale_form_loses_nothing(client: Client, meeting: Meeting) -> None:
    person = make_person(meeting, "张三", 1)
    seen = people.seen(person)
    meeting.people.update(company="新")
    answer = client.post(url("person_change", meeting, person=person.pk), {"name": "李四", "seen": seen})
    person.refresh_from_db()
    assert (answer.status_code, person.name, person.company) == (302, "张三", "新")


def test_a_phone_is_revealed_for_a_reason_that_is_written_down(client: Client, meeting: Meeting) -> None:
    person = make_person(meeting, "张三", 1)
    address = url("person_reveal", meeting, person=person.pk)
    assert FULL.search(client.get(address).content.decode()) is None
    assert client.post(address, {"reason": ""}).context["form"].errors
    page = client.post(address, {"reason": "回访 13800000009"})
    assert phone(1) in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    entry = Entry.objects.get(action="phone.revealed")
    assert entry.detail == {"phone": "138****0001", "reason": "回访 138****0009"}


# --- Who may what ---

PAGES = ("people", "links", "people_export", "people_progress", "links_progress")
FORMS = ("upload", "person_add")
CHANGES = ("people_import", "links_issue")
LINKS = ("links_qr", "links_export")


@pytest.mark.parametrize("role", ["administrator", "organiser", "assistant", "viewer", "compliance"])
def test_each_role_sees_and_changes_what_it_may(client: Client, meeting: Meeting, role: str) -> None:
    other = make_member(meeting.organisation, role)
    meeting.shares.create(user=other.user)
    person = make_person(meeting, "张三", 1)
    client.force_login(other.user)
    plans = role in ("administrator", "organiser")
    seen = {name: client.get(url(name, meeting)).status_code for name in PAGES}
    changed = {name: client.get(url(name, meeting)).status_code for name in FORMS}
    changed |= {name: client.post(url(name, meeting)).status_code for name in CHANGES}
    # Whoever has a person's link can come as that person.
    links = {name: client.get(url(name, meeting)).status_code for name in LINKS}
    assert set(links.values()) == {200 if plans else 403}
    reveals = client.get(url("person_reveal", meeting, person=person.pk)).status_code
    assert {name: code for name, code in seen.items() if code not in (200, 286)} == {}
    assert {name: code in (200, 302) for name, code in changed.items()} == dict.fromkeys(
        [*FORMS, *CHANGES], plans
    )
    assert reveals == (200 if role in ("administrator", "compliance") else 403)


def test_deleting_the_list_says_what_goes_and_keeps_what_happened(client: Client, meeting: Meeting) -> None:
    people = [make_person(meeting, f"客户{number}", number) for number in range(3)]
    link = make_link(people[0])
    asked = client.get(url("people_clear", meeting)).content.decode()
    assert ("3" in asked, meeting.people.present().count()) == (True, 3)
    for _ in range(2):
        assert client.post(url("people_clear", meeting)).status_code == 302
    link.refresh_from_db()
    assert (meeting.people.present().count(), meeting.people.count(), link.state) == (0, 3, "made")
    assert Entry.objects.filter(action="list.deleted").count() == 1
    assert Job.objects.filter(task="attendance.match_meeting").exists()


def addresses(meeting: Meeting) -> list[str]:
    """Give every address of lists and links, with objects that exist."""
    person = make_person(meeting, "张三", 1)
    make_link(person)
    upload = meeting.uploads.create(
        file_name="a.csv", body=b"x", state="waiting", expires_at=timezone.now() + timezone.timedelta(hours=1)
    )
    plain = [url(name, meeting) for name in (*PAGES, *FORMS, *CHANGES, *LINKS)]
    of_person = ("person_change", "person_remove", "person_reveal", "link_qr")
    of_upload = ("preview", "progress", "sheet", "columns", "repair", "choose", "rejects", "confirm", "discard")
    roster = meeting.lists.create(name="客户")
    version = versions.keep(roster, origin="x", by=None, now=timezone.now())
    of_list = ("list_change", "list_delete", "list_versions")
    of_version = ("version_show", "version_restore")
    return [
        *plain,
        *(url(name, meeting, person=person.pk) for name in of_person),
        *(url(f"upload_{name}", meeting, upload=upload.pk) for name in of_upload),
        *(url(name, meeting, roster=roster.pk) for name in of_list),
        *(url(name, meeting, roster=roster.pk, number=version.number) for name in of_version),
    ]


def test_a_stranger_finds_nothing_and_changes_nothing(client: Client, meeting: Meeting) -> None:
    everything = addresses(meeting)
    client.force_login(make_member(role="administrator").user)
    codes = {
        code for each in everything for code in (client.get(each).status_code, client.post(each).status_code)
    }
    assert codes <= {404, 405}
    assert (meeting.people.present().count(), Job.objects.count(), meeting.uploads.get().state) == (
        1,
        0,
        "waiting",
    )


def test_somebody_signed_out_is_sent_to_the_sign_in_page(client: Client, meeting: Meeting) -> None:
    everything = addresses(meeting)
    client.logout()
    places = {client.get(each)["Location"].split("?")[0] for each in everything}
    assert places == {reverse("pages:sign_in")}


def test_people_of_another_meeting_are_not_reached_through_ones_own(client: Client, meeting: Meeting) -> None:
    foreign = make_person(make_meeting(make_member()), "外人", 9)
    codes = [
        client.get(url(name, meeting, person=foreign.pk)).status_code
        for name in ("person_change", "person_reveal", "link_qr")
    ]
    assert codes == [404, 404, 404]
    make_keys(Membership.objects.get(user=meeting.owner))
    client.post(url("links_issue", meeting), {"row": [str(foreign.pk)], "action": "chosen"})
    assert ExclusiveLink.objects.count() == 0


# --- Files ---


def exported(client: Client, meeting: Meeting, **form: str) -> HttpResponse:
    return client.post(url("people_export", meeting), {"kind": "csv"} | form)


def cells(answer: HttpResponse) -> list[list[str]]:
    if answer["Content-Type"].startswith("text/csv"):
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    return [["" if cell.value is None else cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_exported_list_masks_phones_until_a_reason_is_given(
    client: Client, meeting: Meeting, kind: str
) -> None:
    make_person(meeting, "张三", 1)
    masked = cells(exported(client, meeting, kind=kind))
    assert masked[1][:2] == ["张三", "138****0001"]
    assert exported(client, meeting, kind=kind, full="on").context["form"].errors
    full = cells(exported(client, meeting, kind=kind, full="on", reason="邮寄资料"))
    assert full[1][:2] == ["张三", "13800000001"]
    assert Entry.objects.get(action="list.exported").detail == {"people": 1, "reason": "邮寄资料"}


def test_full_phones_are_not_given_to_who_may_not_see_them(client: Client, meeting: Meeting) -> None:
    make_person(meeting, "张三", 1)
    assistant = make_member(meeting.organisation, "assistant")
    meeting.shares.create(user=assistant.user)
    client.force_login(assistant.user)
    answer = exported(client, meeting, full="on", reason="x")
    assert cells(answer)[1][1] == "138****0001"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_exported_cell_is_a_formula(client: Client, meeting: Meeting, kind: str) -> None:
    for text in EXCEL:
        make_link(make_person(meeting, f"{text}名", company=text, note=text, code=text, extra={"别的": text}))
    files = [exported(client, meeting, kind=kind), client.get(url("links_export", meeting))]
    found = [cell for file in files for row in cells(file) for cell in row]
    assert [
        cell for cell in found if cell and cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "＝"))
    ] == []
    assert [neutral(text) for text in EXCEL] == [f"'{text}" for text in EXCEL]


def test_the_file_for_mailing_has_the_link_and_the_time_in_the_meetings_zone(
    client: Client, meeting: Meeting
) -> None:
    meeting.start_at = meeting.start_at.replace(year=2026, month=11, day=18, hour=6, minute=0)
    meeting.end_at = meeting.start_at + timezone.timedelta(hours=1)
    meeting.save()
    make_link(make_person(meeting, "张三", 1, company="星河"))
    make_link(make_person(meeting, "李四"), state="wanted", url="")
    rows = cells(client.get(url("links_export", meeting)))[1:]
    assert len(rows) == 1
    assert (rows[0][0], rows[0][1], rows[0][7]) == ("张三", "星河", "2026-11-18 14:00 (Asia/Shanghai)")
    assert rows[0][5].startswith("https://meeting.example/dm/")


# --- Import and links ---


def test_the_import_is_queued_once_and_its_progress_ends_the_polling(
    client: Client, meeting: Meeting
) -> None:
    make_person(meeting, "张三", 1)
    for _ in range(2):
        client.post(url("people_import", meeting))
    job = Job.objects.get(task="meetings.import_people")
    assert client.get(url("people_progress", meeting)).status_code == 200
    Job.objects.filter(pk=job.pk).update(state="failed", error_code="import_quota")
    assert client.get(url("people_progress", meeting)).status_code == 286
    Job.objects.filter(pk=job.pk).update(state="done")
    done = client.get(url("people_progress", meeting))
    assert (done.status_code, done["HX-Refresh"]) == (286, "true")


def test_without_the_enterprise_credential_the_page_says_so_and_offers_no_button(
    client: Client, meeting: Meeting
) -> None:
    make_person(meeting, "张三", 1)
    page = client.get(url("links", meeting))
    assert (page.context["may_issue"], page.context["keys"]) == (False, None)
    assert url("links_issue", meeting) not in page.content.decode()
    client.post(url("links_issue", meeting), {"action": "all"})
    assert (Job.objects.count(), ExclusiveLink.objects.count()) == (0, 0)


def test_links_are_asked_for_the_chosen_or_for_all_without(
    client: Client, member: Membership, meeting: Meeting
) -> None:
    make_keys(member)
    chosen, other = make_person(meeting, "张三"), make_person(meeting, "李四")
    client.post(url("links_issue", meeting), {"action": "chosen", "row": [str(chosen.pk), "x"]})
    assert [link.person for link in meeting.links.all()] == [chosen]
    client.post(url("links_issue", meeting), {"action": "all"})
    assert {link.person for link in meeting.links.all()} == {chosen, other}
    assert Job.objects.filter(task="meetings.issue_links").count() == 1
    assert client.get(url("links_progress", meeting)).status_code == 200


def test_a_made_link_is_shown_to_copy_and_as_a_qr_code(
    client: Client, member: Membership, meeting: Meeting
) -> None:
    make_keys(member)
    link = make_link(make_person(meeting, "张三"))
    make_link(make_person(meeting, "李四"), state="refused", url="", error_code="link_quota")
    page = client.get(url("links", meeting)).content.decode()
    assert f'readonly value="{link.url}"' in page
    for address in (url("links_qr", meeting), url("link_qr", meeting, person=link.person_id)):
        sheet = client.get(address).content.decode()
        assert (sheet.count("rc-qr-box"), link.url in sheet, " style=" in sheet) == (1, True, False)


# --- Admin ---


def test_the_admin_shows_lists_and_links_without_phones_and_files(client: Client, meeting: Meeting) -> None:
    person = make_person(meeting, "张三", 1)
    link = make_link(person)
    roster = rosters.make(meeting, name="客户", kind="expected", by=meeting.owner)
    batches.receive(roster, LIST, name="list.csv", origin="file", by=meeting.owner, now=timezone.now())
    client.force_login(User.objects.create_superuser("root", password="a-long-password"))
    shown = ""
    for row in (person, link, meeting.uploads.get()):
        name = f"admin:meetings_{row._meta.model_name}"
        for address in (reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[row.pk])):
            page = client.get(address)
            assert page.status_code == 200
            shown += page.content.decode()
    assert FULL.search(shown) is None
    assert (person.tag in shown, "138****0001" in shown) == (False, True)


def test_the_admin_discards_an_upload_by_the_same_noun(client: Client, meeting: Meeting) -> None:
    roster = rosters.make(meeting, name="客户", kind="expected", by=meeting.owner)
    batches.receive(roster, LIST, name="list.csv", origin="file", by=meeting.owner, now=timezone.now())
    client.force_login(User.objects.create_superuser("root", password="a-long-password"))
    action = {"action": "discard", "_selected_action": [meeting.uploads.get().pk]}
    client.post(reverse("admin:meetings_upload_changelist"), action)
    upload = meeting.uploads.get()
    assert (upload.state, bytes(upload.body)) == ("discarded", b"")
    assert Entry.objects.filter(action="upload.discarded").count() == 1
