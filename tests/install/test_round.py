"""The OAuth round: who gets in, who does not, and what a sign-in makes."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.accounts import installations
from portal.accounts.models import Installation, Membership, Organisation, User
from portal.audit.models import Entry
from portal.tencent.oauth import STATE
from tests import rounds

CALLBACK = "/install/tencent/login/callback/"


@pytest.fixture
def organiser(sandbox, db):
    return rounds.find(sandbox.world, "organiser")


def begin(browser: Client, **form: str) -> str:
    """Press our button; gives the consent page's address."""
    return browser.post(reverse(rounds.LOGIN), form)["Location"]


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


def come_back(browser: Client, address: str, person: dict):
    return browser.get(rounds.local(rounds.consent(address, person["open_id"])))


class TestAFirstVisitor:
    def test_is_installed_and_signed_in_within_two_clicks(self, organiser):
        browser = Client()
        answer = rounds.sign_in(browser, organiser["open_id"])
        assert (answer.status_code, answer["Location"]) == (302, "/")
        installation = Installation.objects.get()
        assert installation.user.name == organiser["name"]
        assert installation.organisation.name == organiser["enterprise"]["name"]
        assert browser.session["_auth_user_id"] == str(installation.user.pk)

    def test_has_the_granted_scopes_kept(self, organiser):
        rounds.sign_in(Client(), organiser["open_id"])
        assert "MANAGE_MEETING" in Installation.objects.get().scopes

    def test_goes_where_they_wanted_to(self, organiser):
        answer = rounds.sign_in(Client(), organiser["open_id"], next="/account/members/")
        assert answer["Location"] == "/account/members/"

    @pytest.mark.parametrize(
        "hostile", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
    )
    def test_is_not_sent_to_a_hostile_place(self, organiser, hostile):
        assert rounds.sign_in(Client(), organiser["open_id"], next=hostile)["Location"] == "/"

    def test_gets_a_new_session_id(self, organiser):
        browser = Client()
        address = begin(browser)
        before = browser.cookies["sessionid"].value
        come_back(browser, address, organiser)
        assert browser.cookies["sessionid"].value != before

    def test_leaves_an_audit_entry(self, organiser):
        rounds.sign_in(Client(), organiser["open_id"])
        assert [entry.action for entry in Entry.objects.all()] == ["installation.made"]


class TestTheState:
    def test_is_what_the_platform_allows(self, organiser):
        assert STATE.fullmatch(state_of(begin(Client())))

    def test_is_new_every_time(self, organiser):
        browser = Client()
        assert state_of(begin(browser)) != state_of(begin(browser))

    @pytest.mark.parametrize("state", ["wrong", "x" * 200, "a.b"])
    def test_of_another_make_installs_nothing(self, organiser, state):
        browser = Client()
        begin(browser)
        answer = browser.get(CALLBACK, {"auth_code": "stray", "state": state})
        assert answer.status_code == 400
        assert Installation.objects.count() == 0

    def test_of_another_browser_installs_nothing(self, organiser):
        address = begin(Client())
        assert come_back(Client(), address, organiser).status_code == 400
        assert Installation.objects.count() == 0

    def test_works_once(self, organiser):
        browser = Client()
        address = begin(browser)
        come_back(browser, address, organiser)
        browser.logout()
        assert come_back(browser, address, organiser).status_code == 400

    def test_expires(self, organiser, time_machine):
        browser = Client()
        address = begin(browser)
        back = rounds.local(rounds.consent(address, organiser["open_id"]))
        time_machine.move_to(timezone.now() + timedelta(seconds=601))
        assert browser.get(back).status_code == 400
        assert Installation.objects.count() == 0

    def test_without_it_the_stray_code_is_not_used_but_a_round_begins(self, sandbox, organiser):
        address = begin(Client())
        stray = parse_qs(urlsplit(rounds.consent(address, organiser["open_id"])).query)["auth_code"][0]
        browser = Client()
        answer = browser.get(CALLBACK, {"auth_code": stray})
        assert answer.status_code == 302
        assert answer["Location"].startswith(f"{sandbox.url}/marketplace/authorize.html?")
        assert Installation.objects.count() == 0
        assert come_back(browser, answer["Location"], organiser).status_code == 302
        assert Installation.objects.count() == 1


class TestSomebodySignedIn:
    def test_becomes_the_other_person_instead_of_taking_over_their_identity(self, organiser, install):
        first = install("personal").user
        browser = Client()
        browser.force_login(first)
        rounds.sign_in(browser, organiser["open_id"], process="connect")
        second = User.objects.get(open_id=organiser["open_id"])
        assert browser.session["_auth_user_id"] == str(second.pk)
        assert first.socialaccount_set.count() == 1


class TestARefusedCode:
    def test_that_is_spent_says_so_and_installs_nothing(self, organiser):
        browser = Client()
        back = rounds.consent(begin(browser), organiser["open_id"])
        spent = parse_qs(urlsplit(back).query)["auth_code"][0]
        browser.get(rounds.local(back))
        again = Client()
        answer = again.get(CALLBACK, {"auth_code": spent, "state": state_of(begin(again))})
        assert answer.status_code == 400
        assert "_auth_user_id" not in again.session

    def test_without_any_code_is_refused(self, organiser):
        browser = Client()
        state = state_of(begin(browser))
        assert browser.get(CALLBACK, {"state": state, "error": "access_denied"}).status_code == 400


class TestWhoBelongsWhere:
    def test_the_first_of_a_company_is_an_organiser_not_its_administrator(self, install):
        assert install("organiser").role == Membership.Role.ORGANISER

    def test_a_colleague_joins_the_same_organisation_as_organiser(self, install, sandbox):
        first = install("organiser")
        colleague = sandbox.world["enterprises"][0]["users"][3]["open_id"]
        second = install(colleague)
        assert (second.organisation, second.role) == (first.organisation, Membership.Role.ORGANISER)

    def test_a_person_of_another_company_has_another_organisation(self, install, sandbox):
        stranger = sandbox.world["enterprises"][1]["users"][2]["open_id"]
        assert install(stranger).organisation != install("organiser").organisation

    def test_a_person_without_company_administers_an_organisation_of_their_own(self, install):
        membership = install("personal")
        assert membership.organisation.is_personal
        assert membership.role == Membership.Role.ADMINISTRATOR

    def test_signing_in_again_changes_no_role_and_doubles_nothing(self, install):
        membership = install("organiser")
        Membership.objects.filter(pk=membership.pk).update(role=Membership.Role.COMPLIANCE)
        assert install("organiser").role == Membership.Role.COMPLIANCE
        assert (User.objects.count(), Organisation.objects.count(), Installation.objects.count()) == (1, 1, 1)

    def test_the_administrators_notice_may_come_before_the_sign_in(self, sandbox, db, settings):
        person = rounds.find(sandbox.world, "administrator")
        installations.note_administrator(
            sdk_id=settings.TENCENT_SDK_ID, open_id=person["open_id"], open_corp_id=person["enterprise"]["open_corp_id"]
        )
        rounds.sign_in(Client(), person["open_id"])
        assert Membership.objects.get().role == Membership.Role.ADMINISTRATOR

    def test_the_administrators_notice_may_come_after_the_sign_in(self, sandbox, db, settings):
        person = rounds.find(sandbox.world, "administrator")
        rounds.sign_in(Client(), person["open_id"])
        assert Membership.objects.get().role == Membership.Role.ORGANISER
        installations.note_administrator(sdk_id=settings.TENCENT_SDK_ID, open_id=person["open_id"], open_corp_id="")
        assert Membership.objects.get().role == Membership.Role.ADMINISTRATOR

    def test_a_notice_for_another_company_raises_nobody(self, install, settings):
        membership = install("organiser")
        installations.note_administrator(
            sdk_id=settings.TENCENT_SDK_ID, open_id=membership.user.open_id, open_corp_id="another"
        )
        assert Membership.objects.get().role == Membership.Role.ORGANISER

    def test_a_notice_is_used_up_so_that_a_later_demotion_holds(self, sandbox, db, settings):
        person = rounds.find(sandbox.world, "administrator")
        installations.note_administrator(sdk_id=settings.TENCENT_SDK_ID, open_id=person["open_id"], open_corp_id="")
        rounds.sign_in(Client(), person["open_id"])
        Membership.objects.update(role=Membership.Role.VIEWER)
        rounds.sign_in(Client(), person["open_id"])
        assert Membership.objects.get().role == Membership.Role.VIEWER


class TestTheDoorOfTheSitesAdministrators:
    @pytest.fixture
    def root(self, db):
        return User.objects.create_superuser("root", password="correct horse battery staple")

    def test_a_superuser_signs_in_by_password_under_admin(self, root):
        browser = Client()
        asked = browser.get("/admin/", follow=True)
        assert asked.redirect_chain[-1][0].startswith("/admin/identity/login/")
        answer = browser.post(
            asked.redirect_chain[-1][0],
            {"login": "root", "password": "correct horse battery staple", "next": "/admin/"},
        )
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")
        assert browser.get("/admin/").status_code == 200

    def test_a_member_is_kept_out(self, install):
        browser = Client()
        browser.force_login(install("administrator").user)
        assert browser.get("/admin/login/").status_code == 403

    def test_guessing_is_stopped_whatever_address_is_claimed(self, root):
        browser = Client()
        for number in range(10):
            browser.post(
                "/admin/identity/login/",
                {"login": "root", "password": f"guess {number}"},
                headers={"x-forwarded-for": f"10.0.0.{number}"},
            )
        answer = browser.post("/admin/identity/login/", {"login": "root", "password": "correct horse battery staple"})
        assert answer.status_code != 302

    @pytest.mark.parametrize(
        "address", ["/admin/identity/signup/", "/admin/identity/password/reset/", "/admin/identity/email/"]
    )
    def test_no_other_page_of_the_library_is_reachable(self, root, address):
        browser = Client()
        browser.force_login(root)
        assert browser.get(address).status_code == 404


def test_get_of_the_sign_in_address_only_offers_the_button(organiser):
    answer = Client().get(reverse(rounds.LOGIN))
    assert answer.status_code == 200
    assert 'type="password"' not in answer.content.decode()


def test_no_token_lies_readable_anywhere_in_the_database(install, db):
    install("organiser")
    installation = Installation.objects.get()
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [str(row) for row in cursor.fetchall()]
    assert [row for row in rows if installation.access_token in row or installation.refresh_token in row] == []
