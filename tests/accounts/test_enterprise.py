"""The enterprise credential: proven when it is entered, and never seen again."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.accounts import enterprise
from portal.accounts.models import EnterpriseCredential, Membership
from portal.audit.models import Entry
from tests import rounds

PAGE = "/account/credential/"


@pytest.fixture
def administrator(install):
    return install("administrator")


@pytest.fixture
def person(sandbox):
    return rounds.find(sandbox.world, "administrator")


@pytest.fixture
def browser(administrator):
    browser = Client()
    browser.force_login(administrator.user)
    return browser


def form(person: dict, **changed: str) -> dict[str, str]:
    keys = rounds.keys_of(person["enterprise"], person)
    return {name: getattr(keys, name) for name in enterprise.Keys.__slots__} | changed


class TestEntering:
    def test_right_keys_are_checked_and_kept(self, browser, person, administrator):
        answer = browser.post(PAGE, form(person))
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
        kept = EnterpriseCredential.objects.get(organisation=administrator.organisation)
        assert (kept.secret_key, kept.entered_by) == (person["enterprise"]["secret_key"], administrator.user)
        assert administrator.user.installations.get().userid == person["userid"]
        assert Entry.objects.filter(action="credential.entered").count() == 1

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"secret_id": "AKIDwrong0000000000000000000000"}, "secret_id"),
            ({"app_id": "1"}, "secret_id"),
            ({"secret_key": "wrong"}, "secret_key"),
            ({"secret_key": ""}, "secret_key"),
            ({"app_id": "letters"}, "app_id"),
            ({"operator_userid": "nobody-of-this-name"}, "operator_userid"),
            ({"webhook_token": "short"}, "webhook_token"),
            ({"webhook_aes_key": "short"}, "webhook_aes_key"),
        ],
    )
    def test_a_wrong_value_is_refused_naming_its_field(self, browser, person, changed, field):
        answer = browser.post(PAGE, form(person, **changed))
        assert answer.status_code == 200
        assert list(answer.context["form"].errors) == [field]
        assert EnterpriseCredential.objects.count() == 0

    @pytest.mark.parametrize(
        ("field", "value"),
        [("app_id", "２１０"), ("sdk_id", "２８"), ("secret_id", "密钥"), ("secret_id", "a\nb"), ("secret_key", "密钥")],
    )
    def test_what_no_header_can_carry_is_refused_at_its_field_and_never_sent(self, browser, person, field, value):
        answer = browser.post(PAGE, form(person, **{field: value}))
        assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])
        assert EnterpriseCredential.objects.count() == 0

    def test_the_keys_of_another_enterprise_are_refused(self, browser, sandbox):
        other = sandbox.world["enterprises"][1]
        answer = browser.post(PAGE, form(other["users"][0] | {"enterprise": other}))
        assert list(answer.context["form"].errors) == ["app_id"]
        assert EnterpriseCredential.objects.count() == 0

    def test_a_silent_platform_saves_nothing_and_says_so(self, browser, person, sandbox):
        sandbox.post("faults", call="POST /v1/users/open-id-to-userid", kind="status", status=502, every=1, times=4)
        answer = browser.post(PAGE, form(person))
        assert list(answer.context["form"].errors) == ["__all__"]
        assert EnterpriseCredential.objects.count() == 0

    def test_an_invited_administrator_cannot_bring_their_own_enterprise(self, install, person, administrator):
        guest = install("personal")
        invited = Membership.objects.create(
            user=guest.user, organisation=administrator.organisation, role="administrator"
        )
        with pytest.raises(enterprise.KeysRefused) as caught:
            enterprise.enter(invited, rounds.keys_of(person["enterprise"], person))
        assert caught.value.code == "invited"

    def test_a_personal_organisation_has_none(self, install, person):
        with pytest.raises(enterprise.KeysRefused) as caught:
            enterprise.enter(install("personal"), rounds.keys_of(person["enterprise"], person))
        assert caught.value.code == "personal"


class TestThePage:
    def test_shows_no_secret(self, browser, person):
        browser.post(PAGE, form(person))
        page = browser.get(PAGE).content.decode()
        company = person["enterprise"]
        secrets = [company["secret_id"], company["secret_key"], *company["webhook"].values()]
        assert [secret for secret in secrets if secret and secret in page] == []
        assert company["app_id"] in page

    def test_shows_its_own_webhook_address(self, browser, person):
        browser.post(PAGE, form(person))
        kept = EnterpriseCredential.objects.get()
        assert enterprise.webhook_url(kept) in browser.get(PAGE).content.decode()
        assert reverse("webhooks:enterprise", args=[kept.slug]) in enterprise.webhook_url(kept)

    def test_gives_entered_secrets_back_to_nobody_after_an_error(self, browser, person):
        page = browser.post(PAGE, form(person, secret_key="wrong-but-secret")).content.decode()
        assert "wrong-but-secret" not in page

    def test_has_no_password_field(self, browser):
        assert 'type="password"' not in browser.get(PAGE).content.decode()


class TestReplacingAndRemoving:
    def test_a_replaced_secret_id_is_remembered_and_the_address_stays(self, administrator, person):
        kept = rounds.enter_credential(administrator, person)
        EnterpriseCredential.objects.filter(pk=kept.pk).update(secret_id="AKIDformer")
        renewed = rounds.enter_credential(administrator, person)
        administrator.organisation.refresh_from_db()
        assert renewed.slug == kept.slug
        assert enterprise.secret_ids(administrator.organisation) == (person["enterprise"]["secret_id"], "AKIDformer")

    def test_a_removed_credential_leaves_its_secret_id_only(self, browser, administrator, person):
        rounds.enter_credential(administrator, person)
        assert browser.get("/account/credential/remove/").status_code == 200
        browser.post("/account/credential/remove/")
        administrator.organisation.refresh_from_db()
        assert EnterpriseCredential.objects.count() == 0
        assert enterprise.secret_ids(administrator.organisation) == (person["enterprise"]["secret_id"],)
        assert browser.get("/account/credential/remove/").status_code == 404
