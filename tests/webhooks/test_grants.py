"""What the platform's authorisation events do to grants, in any order, once."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts.models import AdministratorNotice, Installation, Membership
from portal.jobs.models import Job
from portal.webhooks import inbox
from portal.webhooks.models import Delivery, PlatformEvent
from tests import rounds
from tests.conftest import Sandbox, platform_of_its_own
from tests.webhooks import wire


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[Sandbox]:
    """Run a platform of its own: each test here pulls all meetings there are, also those other tests left."""
    with platform_of_its_own("granted") as sandbox:
        yield sandbox

@pytest.fixture
def send(settings, sandbox, run_jobs):
    """Give a function that delivers one event to the app's address and does the work."""

    def deliver(
        event: str, trace_id: str, entry: dict, address: str = "/hooks/tencent/", token: str = "", aes_key: str = ""
    ):
        token, aes_key = token or settings.TENCENT_WEBHOOK_TOKEN, aes_key or settings.TENCENT_WEBHOOK_AES_KEY
        data = wire.encrypt(wire.envelope(event, trace_id, entry), aes_key)
        headers = wire.signed(token, data, str(int(time.time() * 1000)))
        answer = Client().post(address, json.dumps({"data": data}), content_type="application/json", headers=headers)
        run_jobs()
        return answer

    return deliver


@pytest.fixture
def app_info(settings, sandbox):
    return {"sdk_id": int(settings.TENCENT_SDK_ID), "app_name": "点到", "app_type": "USER_ACCOUNT_LEVEL"}


def authorised(app_info: dict, person: dict, role_type: int, **other: object) -> dict:
    operator = {
        "open_id": person["open_id"],
        "open_corp_id": person["enterprise"]["open_corp_id"],
        "role_type": role_type,
    }
    listed = {"oauth_open_id_list": [{"open_id": person["open_id"]}]}
    return {"operate_time": int(time.time() * 1000), "operator": operator, "app_info": app_info} | listed | other


def cancelled(app_info: dict, *open_ids: str, at: float | None = None) -> dict:
    listed = [{"open_id": open_id} for open_id in open_ids]
    return {"operate_time": int((at or time.time()) * 1000), "app_info": app_info, "cancel_open_id_list": listed}


class TestAnAuthorisation:
    @pytest.fixture
    def person(self, sandbox):
        return rounds.find(sandbox.world, "organiser")

    @pytest.mark.parametrize(("role_type", "role"), [(0, "organiser"), (1, "administrator"), (2, "administrator")])
    def test_before_the_sign_in_gives_the_role(self, send, app_info, person, install, role_type, role):
        send("oauth.auth-user", "a-1", authorised(app_info, person, role_type))
        assert install("organiser").role == role

    @pytest.mark.parametrize(("role_type", "role"), [(0, "organiser"), (1, "administrator"), (2, "administrator")])
    def test_after_the_sign_in_gives_the_role(self, send, app_info, person, install, role_type, role):
        membership = install("organiser")
        send("oauth.auth-user", "a-2", authorised(app_info, person, role_type))
        membership.refresh_from_db()
        assert membership.role == role
        assert AdministratorNotice.objects.count() == 0

    def test_under_its_former_name_gives_the_role(self, send, app_info, person, install):
        entry = authorised(app_info, person, 2)
        send("oauth.user-auth", "a-6", {name: entry[name] for name in ("operate_time", "operator", "app_info")})
        assert install("organiser").role == "administrator"

    def test_by_an_administrator_for_staff_raises_the_administrator_only(
        self, send, app_info, person, sandbox, install
    ):
        staff = sandbox.world["enterprises"][0]["users"][3]["open_id"]
        listed = [{"open_id": staff}]
        send("oauth.auth-user", "a-3", authorised(app_info, person, 2, oauth_open_id_list=listed))
        assert install(staff).role == Membership.Role.ORGANISER
        assert install("organiser").role == Membership.Role.ADMINISTRATOR

    def test_for_another_app_means_nothing(self, send, app_info, person, install):
        send("oauth.auth-user", "a-4", authorised(app_info | {"sdk_id": 1}, person, 2))
        assert install("organiser").role == Membership.Role.ORGANISER

    def test_at_an_enterprises_own_address_means_nothing(self, send, app_info, person, install):
        install("administrator", credential=True)
        membership = install("organiser")
        keys = membership.organisation.enterprise_credential
        answer = send("oauth.auth-user", "a-5", authorised(app_info, person, 2), f"/hooks/tencent/{keys.slug}/",
                      keys.webhook_token, keys.webhook_aes_key)  # fmt: skip
        assert answer.status_code == 200
        membership.refresh_from_db()
        assert membership.role == Membership.Role.ORGANISER


class TestACancellation:
    @pytest.fixture
    def grant(self, install):
        install("organiser")
        return Installation.objects.get()

    def state(self, grant: Installation) -> str:
        grant.refresh_from_db()
        return grant.state

    def test_ends_the_grant_and_signs_the_person_out(self, send, app_info, grant):
        browser = Client()
        browser.force_login(grant.user)
        send("oauth.cancel-auth", "c-1", cancelled(app_info, grant.open_id))
        assert self.state(grant) == Installation.State.WITHDRAWN
        assert browser.get("/account/").status_code == 302
        assert Delivery.objects.get().done_at

    def test_under_its_former_name_ends_the_grant_of_whoever_it_is_from(self, send, app_info, grant):
        entry = {"operate_time": int(time.time() * 1000), "operator": {"open_id": grant.open_id}, "app_info": app_info}
        send("oauth.user-cancel-auth", "c-7", entry)
        assert self.state(grant) == Installation.State.WITHDRAWN

    def test_ends_everybodys_on_the_list(self, send, app_info, grant, install):
        install("administrator")
        send("oauth.cancel-auth", "c-2", cancelled(app_info, *Installation.objects.values_list("open_id", flat=True)))
        assert set(Installation.objects.values_list("state", flat=True)) == {Installation.State.WITHDRAWN}

    def test_of_strangers_ends_nobodys(self, send, app_info, grant):
        send("oauth.cancel-auth", "c-3", cancelled(app_info, "somebody-else"))
        assert self.state(grant) == Installation.State.ALIVE
        assert Delivery.objects.get().done_at

    def test_that_comes_late_does_not_end_a_newer_grant(self, send, app_info, grant):
        send("oauth.cancel-auth", "c-4", cancelled(app_info, grant.open_id, at=time.time() - 60))
        assert self.state(grant) == Installation.State.ALIVE

    def test_within_the_second_of_the_grant_counts(self, send, app_info, grant):
        at = grant.granted_at.replace(microsecond=0).timestamp()
        send("oauth.cancel-auth", "c-5", cancelled(app_info, grant.open_id, at=at))
        assert self.state(grant) == Installation.State.WITHDRAWN

    def test_sent_again_after_a_new_sign_in_does_not_end_that(self, send, app_info, grant, install):
        entry = cancelled(app_info, grant.open_id)
        send("oauth.cancel-auth", "c-6", entry)
        install("organiser")
        send("oauth.cancel-auth", "c-6", entry)
        assert self.state(grant) == Installation.State.ALIVE

    def test_on_the_real_wire_of_the_platform(self, grant, sandbox, live_server, transactional_db, run_jobs):
        sandbox.post("portal", url=f"{live_server.url}/hooks/tencent/")
        try:
            sandbox.post(f"users/{grant.open_id}/uninstall")
            until = time.monotonic() + 20
            while not PlatformEvent.objects.filter(event="oauth.cancel-auth").exists() and time.monotonic() < until:
                time.sleep(0.05)
        finally:
            sandbox.post("portal", url="")
        run_jobs()
        assert self.state(grant) == Installation.State.WITHDRAWN


class TestPoison:
    @pytest.fixture
    def parked(self, send, app_info, install):
        """Park the delivery of an event whose body cannot be read."""
        install("organiser")
        grant = Installation.objects.get()
        send("oauth.cancel-auth", "p-1", cancelled(app_info, "nobody"))
        event = PlatformEvent.objects.get()
        good, event.body = event.body, "not an event"
        event.save()
        Delivery.objects.update(done_at=None)
        Job.objects.filter(task="webhooks.end_grants").update(state="waiting", attempts=0)
        return event, good, grant

    def work(self, run_jobs) -> Job:
        for _ in range(8):
            Job.objects.filter(state="waiting").update(due_at=timezone.now())
            run_jobs()
        return Job.objects.get(task="webhooks.end_grants")

    def test_is_parked_after_five_attempts_and_visible(self, parked, run_jobs, admin_client):
        job = self.work(run_jobs)
        # The job is free for the meeting's other events; what is parked is the delivery.
        assert (job.state, Delivery.objects.get().attempts) == (Job.State.DONE, 5)
        shown = admin_client.get("/admin/webhooks/delivery/", {"owed": "parked"})
        assert [row.pk for row in shown.context["cl"].result_list] == [Delivery.objects.get().pk]

    def test_is_replayed_from_the_admin_when_it_is_cured(self, parked, run_jobs, admin_client):
        self.work(run_jobs)
        event, good, _ = parked
        PlatformEvent.objects.filter(pk=event.pk).update(body=good)
        delivery = Delivery.objects.get().pk
        for name, action, row in (("platformevent", "replay", event.pk), ("delivery", "deliver_again", delivery)):
            Delivery.objects.update(done_at=None, attempts=5)
            admin_client.post(f"/admin/webhooks/{name}/", {"action": action, "_selected_action": [row]})
            run_jobs()
            assert Delivery.objects.get().done_at

    def test_shows_no_body_in_the_admin(self, parked, admin_client):
        event = parked[0]
        pages = admin_client.get("/admin/webhooks/platformevent/").content.decode()
        pages += admin_client.get(f"/admin/webhooks/platformevent/{event.pk}/change/").content.decode()
        pages += admin_client.get(f"/admin/webhooks/delivery/{Delivery.objects.get().pk}/change/").content.decode()
        assert "not an event" not in pages


def test_old_events_are_forgotten(send, app_info):
    send("oauth.cancel-auth", "f-1", cancelled(app_info, "nobody"))
    kept = PlatformEvent.objects.get().received_at + inbox.KEPT_FOR
    assert (inbox.forget(kept), inbox.forget(kept + timedelta(seconds=1))) == (0, 1)
