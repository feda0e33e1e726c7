"""Every page of planning, as each role, as a stranger's every role, and signed out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.models import Meeting, Occurrence, Registrant
from portal.accounts.models import Membership, Organisation, User
from portal.crypto import index_hash
from portal.jobs.models import Job
from tests.factories import make_meeting, make_member, make_organisation, make_person, make_user, phone

ROLES = [role.value for role in Membership.Role]
READ = ["occurrences", "registrants", "registrants_progress"]
CHANGE = ["change", "cancel", "delete", "share", "unconfirmed"]
POSTS = ["refresh", "registrants_decide", "registrants_pull"]
PLANNERS = {"administrator", "organiser"}


@pytest.fixture
def meeting(db: None) -> Meeting:
    """Give a series with an occurrence, a person and a registrant, owned by somebody else of the house."""
    meeting = make_meeting(make_member(name="会议所有者"), enrolment=True, recurring=True)
    start = timezone.now().replace(microsecond=0)
    Occurrence.objects.create(
        meeting=meeting, sub_meeting_id="1", start_at=start, end_at=start.replace(year=2099)
    )
    person = make_person(meeting, "名单中人", 11)
    Registrant.objects.create(
        meeting=meeting,
        enroll_id="5",
        status=1,
        name="报名者",
        phone=phone(12),
        person=person,
        phone_index=index_hash("phone", phone(12)),
        seen_at=timezone.now(),
    )
    return meeting


def addresses(meeting: Meeting, names: list[str]) -> list[str]:
    return [reverse(f"meetings:{name}", args=[meeting.pk]) for name in names]


def of_occurrence(meeting: Meeting) -> list[str]:
    args = [meeting.pk, meeting.occurrences.get().pk]
    return [reverse(f"meetings:occurrence_{name}", args=args) for name in ("change", "cancel")]


def all_of(meeting: Meeting) -> list[str]:
    return addresses(meeting, READ + CHANGE + POSTS) + of_occurrence(meeting)


def codes(client: Client, urls: list[str], method: str = "get") -> dict[str, int]:
    return {url: getattr(client, method)(url).status_code for url in urls}


@pytest.mark.parametrize("role", ROLES)
def test_a_member_a_meeting_is_shared_with_sees_what_the_role_allows(
    client: Client, meeting: Meeting, role: str
) -> None:
    member = make_member(meeting.organisation, role=role)
    meeting.shares.create(user=member.user)
    client.force_login(member.user)
    may_plan = role in PLANNERS

    assert set(codes(client, addresses(meeting, READ)).values()) <= {200, 286}
    changing = codes(client, addresses(meeting, ["change", "cancel", "share"]) + of_occurrence(meeting))
    assert set(changing.values()) == ({200} if may_plan else {403})
    delete = client.get(reverse("meetings:delete", args=[meeting.pk])).status_code
    assert delete == (200 if role == "administrator" else 403)
    assert set(codes(client, addresses(meeting, POSTS), "get").values()) == ({405} if may_plan else {403})
    posts = codes(client, addresses(meeting, POSTS), "post")
    assert set(posts.values()) == ({302} if may_plan else {403})


@pytest.mark.parametrize("role", ROLES)
def test_without_a_share_only_those_who_see_all_reach_a_colleague_s_meeting(
    client: Client, meeting: Meeting, role: str
) -> None:
    client.force_login(make_member(meeting.organisation, role=role).user)

    seen = codes(client, addresses(meeting, READ))

    assert set(seen.values()) <= ({200, 286} if role in ("administrator", "compliance") else {404})


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_nothing_and_changes_nothing(
    client: Client, meeting: Meeting, role: str, method: str
) -> None:
    client.force_login(make_member(make_organisation("别家"), role=role).user)
    before = state_of(meeting)

    found = codes(client, all_of(meeting), method)

    assert set(found.values()) <= {403, 404, 405}
    assert (state_of(meeting), Job.objects.count()) == (before, 0)


def state_of(meeting: Meeting) -> list[dict]:
    tables = (Meeting, Occurrence, Registrant)
    return [row for table in tables for row in table.objects.order_by("pk").values()]


@pytest.mark.parametrize("method", ["get", "post"])
def test_signed_out_everything_leads_to_the_sign_in(client: Client, meeting: Meeting, method: str) -> None:
    urls = all_of(meeting) + [
        reverse(f"meetings:{name}") for name in ("list", "create", "add", "sync", "sync_progress")
    ]

    for url in urls:
        answer = getattr(client, method)(url)
        assert (answer.status_code, answer["Location"].startswith(reverse("pages:sign_in"))) == (302, True), (
            url
        )


def test_somebody_without_an_organisation_is_sent_to_the_account(client: Client, db: None) -> None:
    client.force_login(make_user())

    assert client.get(reverse("meetings:list"))["Location"] == reverse("accounts:no_organisation")


@pytest.mark.parametrize("role", ROLES)
def test_the_general_pages_as_each_role(client: Client, db: None, role: str) -> None:
    client.force_login(make_member(role=role).user)

    assert client.get(reverse("meetings:list")).status_code == 200
    wanted = 200 if role in PLANNERS else 403
    assert [client.get(reverse(f"meetings:{name}")).status_code for name in ("create", "add")] == [
        wanted,
        wanted,
    ]
    assert client.get(reverse("meetings:create"), {"kind": "webinar"}).status_code == wanted


def test_an_occurrence_of_another_meeting_is_not_found(client: Client, meeting: Meeting) -> None:
    member = make_member(meeting.organisation, role="administrator")
    client.force_login(member.user)
    other = make_meeting(member, recurring=True)

    url = reverse("meetings:occurrence_cancel", args=[other.pk, meeting.occurrences.get().pk])

    assert client.post(url).status_code == 404


def test_registrants_of_another_meeting_are_not_decided(client: Client, meeting: Meeting) -> None:
    member = make_member(meeting.organisation, role="administrator")
    client.force_login(member.user)
    other = make_meeting(member, enrolment=True)

    client.post(reverse("meetings:registrants_decide", args=[other.pk]), {"action": "approve", "row": ["5"]})

    assert Registrant.objects.get().status == Registrant.Status.PENDING


def test_no_page_holds_a_full_phone(client: Client, meeting: Meeting) -> None:
    client.force_login(make_member(meeting.organisation, role="administrator").user)

    pages = [
        client.get(url).content.decode()
        for url in addresses(meeting, ["registrants", "delete", "occurrences"])
    ]

    assert "138****0012" in pages[0]
    assert not any(phone(12)[3:] in page or phone(11)[3:] in page for page in pages)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_meetings_needs_the_same_number_of_queries_whatever_its_length(
    client: Client, db: None, django_assert_num_queries: Callable, number: int
) -> None:
    member = make_member()
    for _ in range(number):
        make_meeting(member)
    client.force_login(member.user)

    with django_assert_num_queries(9):
        client.get(reverse("meetings:list"))


def test_the_list_is_searched_filtered_and_sorted(client: Client, db: None) -> None:
    member = make_member()
    now = timezone.now().replace(microsecond=0)
    over = make_meeting(member, now - timedelta(days=2), subject="已结束的路演")
    today = make_meeting(member, now - timedelta(minutes=5), subject="今天的公开课", kind="webinar")
    later = make_meeting(member, now + timedelta(days=3), subject="下周例会", meeting_code="123456789")
    make_meeting(make_member(), subject="别家的路演")
    client.force_login(member.user)

    def shown(**query: str) -> list[Meeting]:
        return [row.record for row in client.get(reverse("meetings:list"), query).context["table"].rows]

    assert shown() == [later, today, over]
    assert shown(sort="shown_at") == [over, today, later]
    assert (shown(q="路演"), shown(q="123-456"), shown(kind="webinar")) == ([over], [later], [today])
    assert (shown(time="coming"), shown(time="past")) == ([later, today], [over])
    assert today in shown(time="today")
    assert shown(state="cancelled") == []


def test_a_series_is_listed_at_its_next_occurrence(client: Client, db: None) -> None:
    member = make_member()
    now = timezone.now().replace(microsecond=0)
    series = make_meeting(member, now - timedelta(days=8), recurring=True)
    for days in (-8, -1, 6, 13):
        start = now + timedelta(days=days)
        Occurrence.objects.create(meeting=series, sub_meeting_id=str(days), start_at=start,
                                  end_at=start + timedelta(hours=1))  # fmt: skip
    client.force_login(member.user)

    row = client.get(reverse("meetings:list"), {"time": "coming"}).context["table"].rows[0].record

    assert (row, row.shown_at) == (series, now + timedelta(days=6))


def test_the_admin_shows_meetings_without_password_or_phone_and_reads_again(
    client: Client, meeting: Meeting
) -> None:
    Meeting.objects.update(password="24681357")
    client.force_login(User.objects.create_superuser("root", password="x" * 16))
    lists = [
        client.get(reverse(f"admin:meetings_{name}_changelist"))
        for name in ("meeting", "occurrence", "registrant")
    ]
    registrant = client.get(reverse("admin:meetings_registrant_change", args=[Registrant.objects.get().pk]))
    details = client.get(reverse("admin:meetings_meeting_change", args=[meeting.pk]))

    assert {page.status_code for page in [*lists, registrant, details]} == {200}
    assert "24681357" not in details.content.decode()
    assert ("138****0012" in registrant.content.decode(), phone(12)[3:] in registrant.content.decode()) == (
        True,
        False,
    )
    for action, task in (("sync_now", "meetings.refresh"), ("pull_registrants", "meetings.pull_registrants")):
        client.post(
            reverse("admin:meetings_meeting_changelist"), {"action": action, "_selected_action": [meeting.pk]}
        )
        assert Job.objects.filter(task=task).count() == 1


def test_a_frozen_organisation_can_read_and_gets_no_credential(client: Client, meeting: Meeting) -> None:
    Organisation.objects.update(frozen_at=timezone.now())
    client.force_login(make_member(meeting.organisation, role="administrator").user)

    answer = client.post(reverse("meetings:cancel", args=[meeting.pk]), {"reason": ""})

    assert (answer.status_code, Meeting.objects.get().state) == (200, "planned")
    assert answer.context["form"].non_field_errors()
