"""How grants, accounts and organisations end."""

from datetime import timedelta

import pytest
import requests
from django.test import Client
from django.utils import timezone

from meetings.models import Meeting
from portal.accounts import leaving
from portal.accounts.models import Installation, Membership, Organisation, User
from portal.audit.models import Entry
from portal.jobs import queue
from portal.jobs.models import Job
from tests import factories

PAGE = "/account/disconnect/"


@pytest.fixture
def organiser(install):
    return install("organiser")


@pytest.fixture
def browser(organiser):
    browser = Client()
    browser.force_login(organiser.user)
    return browser


def withdrawn(membership) -> None:
    """Check everything the end of a grant means."""
    grant = Installation.objects.get(user=membership.user)
    assert (grant.state, grant.access_token, grant.refresh_token, grant.scopes) == ("withdrawn", "", "", [])


class TestByTheButton:
    def test_asks_first_and_says_what_goes(self, browser, organiser):
        page = browser.get(PAGE)
        assert page.status_code == 200
        assert page.context["last"] is True
        assert Installation.objects.get().state == Installation.State.ALIVE

    def test_the_platform_takes_the_grant_back(self, browser, organiser, sandbox):
        token = Installation.objects.get().access_token
        answer = browser.post(PAGE)
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
        withdrawn(organiser)
        assert token_is_dead(sandbox, token, organiser.user.open_id)

    def test_every_session_of_the_person_ends(self, browser, organiser):
        elsewhere = Client()
        elsewhere.force_login(organiser.user)
        browser.post(PAGE)
        assert elsewhere.get("/account/").status_code == 302

    def test_sessions_of_others_go_on(self, browser, organiser, install):
        colleague = install("administrator")
        other = Client()
        other.force_login(colleague.user)
        browser.post(PAGE)
        assert other.get("/account/").status_code == 200

    def test_where_only_the_enterprise_may_cancel_nothing_changes_but_is_explained(self, browser, organiser, sandbox):
        sandbox.post("faults", call="PUT /v1/auth-users/cancel-auth", kind="code", status=500, error_code=40, nth=1)
        answer = browser.post(PAGE)
        assert (answer.status_code, answer.context["refused"]) == (409, True)
        assert Installation.objects.get().state == Installation.State.ALIVE
        browser.post(PAGE, {"here_only": "1"})
        withdrawn(organiser)

    def test_a_silent_platform_changes_nothing(self, browser, organiser, sandbox):
        sandbox.post("faults", call="PUT /v1/auth-users/cancel-auth", kind="status", status=502, every=1, times=4)
        assert browser.post(PAGE)["Location"] == PAGE
        assert Installation.objects.get().state == Installation.State.ALIVE

    def test_a_grant_that_is_gone_already_is_ended_here(self, browser, organiser):
        Installation.objects.update(state=Installation.State.GONE)
        browser.post(PAGE)
        withdrawn(organiser)

    def test_signing_in_again_brings_it_all_back(self, browser, organiser, install):
        browser.post(PAGE)
        again = install("organiser")
        assert again == organiser
        assert Installation.objects.get().state == Installation.State.ALIVE
        assert Organisation.objects.get().frozen_at is None


class TestWithdrawing:
    def test_stops_the_jobs_of_that_grant_only(self, organiser, install):
        colleague = install("administrator")
        ids = [Installation.objects.get(user=member.user).pk for member in (organiser, colleague)]
        mine, theirs = [
            queue.enqueue("x", subject="x", organisation=organiser.organisation_id, installation_id=pk) for pk in ids
        ]
        leaving.withdraw(Installation.objects.get(pk=ids[0]), actor=organiser.user)
        mine.refresh_from_db()
        theirs.refresh_from_db()
        assert (mine.state, theirs.state) == (Job.State.STOPPED, Job.State.WAITING)

    def test_marks_the_grants_meetings_as_no_longer_connected(self, organiser, install, run_jobs):
        colleague = install("administrator")
        mine, theirs = factories.make_meeting(organiser), factories.make_meeting(colleague)
        leaving.withdraw(Installation.objects.get(user=organiser.user), actor="platform")
        run_jobs()
        assert Meeting.objects.get(pk=mine.pk).connected is False
        assert Meeting.objects.get(pk=theirs.pk).connected is True

    def test_twice_is_once(self, organiser):
        grant = Installation.objects.get()
        assert leaving.withdraw(grant, actor="platform") is True
        assert leaving.withdraw(grant, actor="platform") is False
        assert Entry.objects.filter(action="installation.withdrawn").count() == 1

    def test_of_one_of_two_freezes_nothing(self, organiser, install):
        install("administrator")
        leaving.withdraw(Installation.objects.get(user=organiser.user), actor="platform")
        assert Organisation.objects.get().frozen_at is None

    def test_of_the_last_freezes_the_organisation_for_thirty_days(self, organiser):
        leaving.withdraw(Installation.objects.get(), actor="platform")
        frozen = Organisation.objects.get()
        assert frozen.purge_at - frozen.frozen_at == timedelta(days=30)


class TestThePurge:
    @pytest.fixture
    def frozen(self, organiser):
        factories.make_meeting(organiser)
        leaving.withdraw(Installation.objects.get(), actor="platform")
        return Organisation.objects.get()

    def test_takes_everything_of_the_organisation(self, frozen, organiser):
        assert leaving.purge_due(frozen.purge_at) == 1
        assert (Organisation.objects.count(), Meeting.objects.count(), Installation.objects.count()) == (0, 0, 0)
        assert User.objects.filter(open_id=organiser.user.open_id).count() == 0

    def test_does_not_come_early(self, frozen):
        assert leaving.purge_due(frozen.purge_at - timedelta(seconds=1)) == 0

    def test_is_beaten_by_a_legal_hold(self, frozen):
        Organisation.objects.update(legal_hold=True)
        assert leaving.purge_due(frozen.purge_at) == 0

    def test_leaves_other_organisations_alone(self, frozen, install):
        kept = install("personal")
        leaving.purge_due(frozen.purge_at)
        assert list(Organisation.objects.all()) == [kept.organisation]

    def test_leaves_a_member_of_another_organisation_their_account(self, frozen, organiser, install):
        home = install("personal").organisation
        Membership.objects.create(user=organiser.user, organisation=home, role="viewer")
        leaving.purge_due(frozen.purge_at)
        assert User.objects.get(pk=organiser.user_id).open_id == organiser.user.open_id

    def test_is_nightly_work(self, frozen, run_jobs, time_machine):
        time_machine.move_to(frozen.purge_at + timedelta(hours=1))
        queue.enqueue("accounts.purge", subject="schedule", period="tonight")
        run_jobs()
        assert Organisation.objects.count() == 0


class TestClosingTheAccount:
    def test_takes_name_and_grant_and_leaves_the_companys_meetings(self, browser, organiser, install):
        install("administrator")
        meeting = factories.make_meeting(organiser)
        assert browser.get("/account/close/").status_code == 200
        assert browser.post("/account/close/")["Location"] == "/sign-in/"
        closed = User.objects.get(pk=organiser.user_id)
        assert (closed.name, closed.open_id, closed.is_active) == ("", "", False)
        assert Meeting.objects.filter(pk=meeting.pk).count() == 1
        withdrawn(organiser)

    def test_takes_a_personal_organisation_with_everything(self, install):
        alone = install("personal")
        factories.make_meeting(alone)
        leaving.close_account(alone.user)
        assert (Organisation.objects.count(), Meeting.objects.count()) == (0, 0)

    def test_is_not_possible_for_the_last_administrator_of_others(self, install, organiser):
        administrator = install("administrator")
        with pytest.raises(leaving.MayNotLeave) as caught:
            leaving.close_account(administrator.user)
        assert caught.value.code == "last_administrator"
        assert User.objects.get(pk=administrator.user_id).is_active

    def test_is_not_possible_under_a_legal_hold(self, install):
        alone = install("personal")
        Organisation.objects.update(legal_hold=True)
        with pytest.raises(leaving.MayNotLeave) as caught:
            leaving.close_account(alone.user)
        assert caught.value.code == "legal_hold"

    def test_is_no_obstacle_to_coming_back(self, install, organiser):
        leaving.close_account(organiser.user)
        again = install("organiser")
        assert again.user_id != organiser.user_id
        assert Installation.objects.get().user == again.user

    def test_keeps_nothing_of_the_identity_after_the_night(self, organiser, install):
        install("administrator")
        leaving.close_account(organiser.user)
        leaving.purge_due(timezone.now())
        assert Installation.objects.filter(open_id=organiser.user.open_id).count() == 0


def token_is_dead(sandbox, token: str, open_id: str) -> bool:
    """Ask the platform itself, without our client."""
    body = {"access_token": token, "open_id": open_id}
    answer = requests.post(f"{sandbox.url}/wemeet-webapi/v2/oauth2/oauth/user_info", json=body, timeout=30)
    return answer.json()["code"] != 0
