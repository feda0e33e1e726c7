"""Every address of the portal, tried by people of another organisation and by nobody: no foreign data, no foreign change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import serializers
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from attendance.models import (
    AttendanceRule,
    CountingWindows,
    Decision,
    Export,
    ExportPiece,
    Match,
    MatchRun,
    Outcome,
    Participant,
    SignIn,
    Visit,
)
from meetings.models import ExclusiveLink, ListVersion, Meeting, Occurrence, Registrant, Upload
from portal.accounts.models import Invitation, Membership
from portal.jobs.models import Job
from tests.factories import make_list, make_meeting, make_member, make_organisation, make_person

pytestmark = pytest.mark.django_db

# Stands in every text of the organisation that strangers must not see anything of.
MARK = "机密星河"
ROLES = Membership.Role.values
OURS = ("accounts", "meetings", "attendance", "jobs", "webhooks")
# What an address may answer about rows that are not one's own; a redirect leads to the sign-in page.
CLOSED = (302, 403, 404, 405)
# The platform's own doors and what Django and allauth bring; the latter are closed to non-staff or hold nothing of ours.
FOREIGN_OWN = ("admin:",)


@dataclass
class Foreign:
    """One organisation with one row of everything, and the ids that lead to it."""

    ids: dict[str, object]
    meeting: Meeting

    def argument(self, name: str, view: str) -> object:
        return self.ids.get(f"{view}.{name}", self.ids.get(name, 1))


@pytest.fixture
def foreign() -> Foreign:
    owner = make_member(make_organisation(MARK), role="administrator", name=f"{MARK}管理员")
    meeting = make_meeting(owner, subject=f"{MARK}路演", enrolment=True)
    occurrence = Occurrence.objects.get(meeting=meeting)
    listed = make_list(meeting, f"{MARK}名单")
    person = make_person(meeting, f"{MARK}张三", number=1, on=listed, company=f"{MARK}公司")
    version = ListVersion.objects.create(expected_list=listed, number=1, origin=f"{MARK}.csv", body=b"x")
    now = timezone.now()
    upload = Upload.objects.create(meeting=meeting, expected_list=listed, by=owner.user, file_name=f"{MARK}.csv",
                                   body="姓名\n张三\n".encode(), expires_at=now + timedelta(days=1))  # fmt: skip
    registrant = Registrant.objects.create(meeting=meeting, enroll_id="77", status=1, name=f"{MARK}李四", seen_at=now)
    ExclusiveLink.objects.create(meeting=meeting, person=person, state="made", url=f"https://example.com/{MARK}")
    participant = Participant.objects.create(
        occurrence=occurrence, ms_open_id="ms-1", name=f"{MARK}王五", names=[f"{MARK}王五"]
    )
    Visit.objects.create(occurrence=occurrence, ms_open_id="ms-1", join_time=1, left_time=2, user_name=f"{MARK}王五")
    run = MatchRun.objects.create(
        occurrence=occurrence, number=1, policy="strict-1", fingerprint="x", window_start=1, window_end=9
    )
    Match.objects.create(run=run, participant=participant, tier="likely", person=None)
    Outcome.objects.create(run=run, person=person, state="absent")
    decision = Decision.objects.create(meeting=meeting, occurrence=occurrence, ms_open_id="ms-1", person=person, verb="confirm",
                                       by=owner.user)  # fmt: skip
    export = Export.objects.create(occurrence=occurrence, run=run, by=owner.user, kind="csv", language="en",
                                   file_name=f"{MARK}.csv", size=2, ready_at=now, expires_at=now + timedelta(days=1))  # fmt: skip
    ExportPiece.objects.create(export=export, number=0, body=MARK.encode())
    AttendanceRule.objects.create(organisation=owner.organisation, number=1, min_percent=70, by=owner.user)
    AttendanceRule.objects.create(organisation=owner.organisation, meeting=meeting, number=1, min_percent=60, by=owner.user)
    CountingWindows.objects.create(occurrence=occurrence, number=1, windows=[[f"{MARK}上午", 1, 9]], by=owner.user)
    SignIn.objects.create(occurrence=occurrence, person=person, by=owner.user)
    invitation = Invitation.objects.create(organisation=owner.organisation, role="organiser", token_hash="h",
                                           invited_by=owner.user, expires_at=now + timedelta(days=1))  # fmt: skip
    job = Job.objects.create(task="attendance.pull", key="foreign", subject=f"{MARK}", organisation=str(owner.organisation_id),
                             due_at=now, state="failed", arguments={"occurrence_id": occurrence.pk})  # fmt: skip
    return Foreign(
        {
            "pk": meeting.pk,
            "person": person.pk,
            "upload": upload.pk,
            "roster": listed.pk,
            "number": version.number,
            "occurrence": occurrence.pk,
            "participant": participant.pk,
            "decision": decision.pk,
            "export": export.pk,
            "registrant": registrant.pk,
            "slug": "no-such-slug",
            "accounts:member.pk": owner.pk,
            "accounts:member_remove.pk": owner.pk,
            "accounts:invitation_withdraw.pk": invitation.pk,
            "attendance:start_again.pk": job.pk,
        },
        meeting,
    )


def patterns(
    resolver: URLResolver | None = None, space: str = "", route: str = ""
) -> Iterator[tuple[str, str, list[str]]]:
    """Give every address: name with namespace, route, its arguments."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from patterns(each, inner, route + str(each.pattern))
        elif isinstance(each, URLPattern):
            yield f"{space}{each.name}", route + str(each.pattern), list(each.pattern.converters)


def address(route: str, arguments: list[str], view: str, foreign: Foreign) -> str:
    for name in arguments:
        for kind in ("int", "str", "slug"):
            route = route.replace(f"<{kind}:{name}>", str(foreign.argument(name, view)))
        route = route.replace(f"<{name}>", str(foreign.argument(name, view)))
    return "/" + route.replace("^", "").replace("$", "").replace("\\Z", "")


def simple() -> list[tuple[str, str, list[str]]]:
    """Give the addresses that can be tried as they stand; what Django's admin generates is closed to non-staff as a whole."""
    return [each for each in patterns() if not each[0].startswith(FOREIGN_OWN) and "(?P" not in each[1]]


def everything() -> dict[tuple[str, object], str]:
    """Give every row of our rooms; the strangers' own rows may be more afterwards."""
    models = [model for label in OURS for model in apps.get_app_config(label).get_models()]
    rows = [row for model in models for row in model.objects.all()]
    return {(row._meta.label, row.pk): serializers.serialize("json", [row]) for row in rows}


def unchanged(before: dict[tuple[str, object], str]) -> bool:
    after = everything()
    return {place: after.get(place) for place in before} == before


def leak(answer: HttpResponse, arguments: list[str]) -> bool:
    """Tell whether an answer shows something of the other organisation, or treats its rows as there."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return MARK.encode() in body or ("pk" in arguments and answer.status_code not in CLOSED)


def test_the_list_of_addresses_is_whole() -> None:
    names = {name for name, _, _ in simple()}
    assert {"home", "meetings:list", "meetings:upload_confirm", "attendance:results", "attendance:decide", "accounts:credential",
            "webhooks:app", "pages:health"} <= names  # fmt: skip
    assert len(names) > 60


@pytest.mark.parametrize("role", ROLES)
def test_a_strangers_organisation_gets_nothing_of_another(foreign: Foreign, role: str) -> None:
    leaks, before = [], everything()
    for view, route, arguments in simple():
        target = address(route, arguments, view, foreign)
        for method in ("get", "post"):
            # A new stranger each time: some addresses end their own account.
            stranger = make_member(make_organisation("别家"), role=role)
            browser = Client()
            browser.force_login(stranger.user, backend="django.contrib.auth.backends.ModelBackend")
            answer = getattr(browser, method)(target)
            if leak(answer, arguments):
                leaks.append((method, target, answer.status_code))
    assert leaks == []
    assert unchanged(before)


def test_nobody_gets_anything_without_signing_in(foreign: Foreign) -> None:
    leaks, before = [], everything()
    for view, route, arguments in simple():
        target = address(route, arguments, view, foreign)
        for method in ("get", "post"):
            answer = getattr(Client(), method)(target)
            if leak(answer, arguments):
                leaks.append((method, target, answer.status_code))
    assert leaks == []
    assert unchanged(before)


def test_admin_is_closed_to_members(foreign: Foreign) -> None:
    member = make_member(role="administrator")
    browser = Client()
    browser.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    open_to_them = []
    for view, route, arguments in patterns():
        if (
            view.startswith("admin:")
            and not arguments
            and "(?P" not in route
            and view not in ("admin:login", "admin:jsi18n")
        ):
            answer = browser.get("/" + route)
            if answer.status_code == 200 or MARK.encode() in answer.content:
                open_to_them.append((view, answer.status_code))
    assert open_to_them == []
