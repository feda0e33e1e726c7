"""Every account page as each role, as a stranger to the organisation, and signed out."""

import re

import pytest
from django.test import Client

from portal.accounts.models import EnterpriseCredential, Installation, Membership
from tests import factories

Role = Membership.Role
FOR_MEMBERS = ["/account/", "/account/organisation/", "/account/close/", "/account/join/"]
FOR_ADMINISTRATORS = ["/account/members/", "/account/invite/", "/account/credential/"]
EVERY_PAGE = [
    *FOR_MEMBERS,
    *FOR_ADMINISTRATORS,
    "/account/disconnect/",
    "/account/credential/remove/",
    "/account/no-organisation/",
]


def signed_in(membership: Membership) -> Client:
    browser = Client()
    browser.force_login(membership.user)
    return browser


class TestWhoMayOpenWhat:
    @pytest.mark.parametrize("address", EVERY_PAGE)
    def test_signed_out_leads_to_the_sign_in(self, db, address):
        answer = Client().get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"/sign-in/?next={address}")

    def test_what_is_sent_signed_out_is_said_to_be_lost_and_one_comes_back_to_where_one_was(self, db):
        browser = Client()
        headers = {"referer": "http://testserver/account/members/?q=1#top", "accept-language": "en"}
        answer = browser.post("/account/invite/", headers=headers)
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/account/members/%3Fq%3D1")
        assert "nothing was saved" in browser.get("/sign-in/", headers=headers).content.decode()

    @pytest.mark.parametrize("came", ["", "https://elsewhere.example/account/"])
    def test_nobody_is_sent_back_to_a_page_of_others(self, db, came):
        assert Client().post("/account/invite/", headers={"referer": came})["Location"] == "/sign-in/?next=/"

    def test_a_part_of_a_page_asked_for_signed_out_leads_the_whole_page_to_the_sign_in(self, db):
        headers = {"hx-request": "true", "hx-current-url": "http://testserver/account/members/"}
        answer = Client().get("/account/invite/", headers=headers)
        assert (answer.status_code, answer["HX-Redirect"]) == (200, "/sign-in/?next=/account/members/")

    @pytest.mark.parametrize("role", Role.values)
    @pytest.mark.parametrize("address", FOR_MEMBERS)
    def test_every_member_opens_their_own_pages(self, db, role, address):
        assert signed_in(factories.make_member(role=role)).get(address).status_code == 200

    @pytest.mark.parametrize("role", Role.values)
    @pytest.mark.parametrize("address", FOR_ADMINISTRATORS)
    def test_only_administrators_administer(self, db, role, address):
        expected = 200 if role == Role.ADMINISTRATOR else 403
        browser = signed_in(factories.make_member(role=role))
        assert browser.get(address).status_code == expected
        assert browser.post(address).status_code in (expected, 405)

    @pytest.mark.parametrize("address", FOR_ADMINISTRATORS)
    def test_who_belongs_nowhere_is_told_how_to_get_on(self, db, address):
        browser = Client()
        browser.force_login(factories.make_user())
        assert browser.get(address)["Location"] == "/account/no-organisation/"
        assert browser.get("/account/no-organisation/").status_code == 200

    def test_who_belongs_somewhere_needs_no_such_page(self, db):
        assert signed_in(factories.make_member()).get("/account/no-organisation/")["Location"] == "/account/"

    def test_who_has_no_grant_has_nothing_to_disconnect(self, db):
        assert signed_in(factories.make_member()).get("/account/disconnect/").status_code == 404

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    @pytest.mark.parametrize("address", [*FOR_MEMBERS, *FOR_ADMINISTRATORS])
    def test_speaks_both_languages_without_scripts_or_passwords(self, db, address, language):
        browser = signed_in(factories.make_member(role=Role.ADMINISTRATOR))
        browser.cookies["django_language"] = language
        page = browser.get(address).content.decode()
        assert f'lang="{language}"' in page
        assert "<style" not in page and 'style="' not in page and 'type="password"' not in page


class TestTheAccountPage:
    def test_shows_planners_what_can_be_proved(self, db):
        for role in Role.values:
            page = signed_in(factories.make_member(role=role)).get("/account/")
            assert (page.context["card"] is not None) is (role in (Role.ADMINISTRATOR, Role.ORGANISER))

    def test_only_administrators_are_led_to_the_credential(self, install):
        organiser, administrator = install("organiser"), install("administrator")
        pages = [signed_in(each).get("/account/").content.decode() for each in (organiser, administrator)]
        assert ["/account/credential/" in page for page in pages] == [False, True]
        assert str(administrator.user) in pages[0]

    def test_names_permissions_and_plan_in_words(self, install):
        browser = signed_in(install("organiser"))
        browser.cookies["django_language"] = "en"
        page = browser.get("/account/").content.decode()
        said = ["view and manage your meetings", "enterprise edition", "webinars of up to 10000"]
        assert [words for words in said if words not in page] == []
        assert re.findall(r"[A-Z]+_[A-Z_]+", page) == []

    @pytest.mark.parametrize(
        ("state", "words"), [("alive", "Connected"), ("gone", "Sign in again"), ("withdrawn", "disconnected")]
    )
    def test_says_how_the_connection_stands(self, install, state, words):
        membership = install("organiser")
        Installation.objects.update(state=state)
        browser = signed_in(membership)
        browser.cookies["django_language"] = "en"
        assert words in browser.get("/account/").content.decode()

    def test_holds_no_token(self, install):
        membership = install("administrator", credential=True)
        page = signed_in(membership).get("/account/").content.decode()
        grant, keys = Installation.objects.get(), EnterpriseCredential.objects.get()
        secrets = [grant.access_token, grant.refresh_token, keys.secret_key, keys.secret_id, keys.webhook_token]
        assert [secret for secret in secrets if secret in page] == []


class TestTheAdmin:
    @pytest.fixture
    def root(self, db):
        browser = Client()
        browser.force_login(factories.make_user(is_staff=True, is_superuser=True))
        return browser

    NAMES = [
        "user",
        "organisation",
        "membership",
        "installation",
        "enterprisecredential",
        "invitation",
        "administratornotice",
    ]

    @pytest.mark.parametrize("name", NAMES)
    def test_lists_and_shows_without_secrets(self, root, install, name):
        install("administrator", credential=True)
        answer = root.get(f"/admin/accounts/{name}/")
        assert answer.status_code == 200
        pages = answer.content.decode()
        for found in answer.context["cl"].result_list:
            shown = root.get(f"/admin/accounts/{name}/{found.pk}/change/")
            assert shown.status_code == 200
            pages += shown.content.decode()
        grant, keys = Installation.objects.get(), EnterpriseCredential.objects.get()
        secrets = [
            grant.access_token,
            grant.refresh_token,
            keys.secret_key,
            keys.secret_id,
            keys.webhook_token,
            keys.webhook_aes_key,
        ]
        assert [secret for secret in secrets if secret in pages] == []

    def act(self, root, name: str, action: str, *rows) -> None:
        answer = root.post(f"/admin/accounts/{name}/", {"action": action, "_selected_action": [row.pk for row in rows]})
        assert answer.status_code == 302

    def test_makes_an_administrator(self, root, install):
        membership = install("organiser")
        self.act(root, "membership", "make_administrator", membership)
        membership.refresh_from_db()
        assert membership.role == Role.ADMINISTRATOR

    def test_refreshes_and_ends_a_grant(self, root, install):
        install("organiser")
        grant = Installation.objects.get()
        self.act(root, "installation", "refresh_now", grant)
        assert Installation.objects.get().version == grant.version + 1
        self.act(root, "installation", "end_grant", grant)
        assert Installation.objects.get().state == Installation.State.WITHDRAWN

    def test_freezes_and_thaws(self, root):
        organisation = factories.make_organisation()
        self.act(root, "organisation", "freeze", organisation)
        organisation.refresh_from_db()
        assert organisation.is_frozen
        self.act(root, "organisation", "thaw", organisation)
        organisation.refresh_from_db()
        assert not organisation.is_frozen

    def test_puts_a_legal_hold_and_nothing_else(self, root):
        organisation = factories.make_organisation("原名")
        root.post(f"/admin/accounts/organisation/{organisation.pk}/change/", {"legal_hold": "on", "name": "改名"})
        organisation.refresh_from_db()
        assert (organisation.legal_hold, organisation.name) == (True, "原名")

    def test_removes_a_credential(self, root, install):
        install("administrator", credential=True)
        self.act(root, "enterprisecredential", "remove", EnterpriseCredential.objects.get())
        assert EnterpriseCredential.objects.count() == 0
