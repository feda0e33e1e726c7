from django.test import Client
from django.urls import reverse

from portal.accounts.models import Installation, Membership, Organisation, User
from portal.tencent.oauth import STATE
from tests import rounds


def test_a_first_visitor_is_installed_and_signed_in(sandbox, db):
    person = rounds.find(sandbox.world, "organiser")
    browser = Client()
    answer = rounds.sign_in(browser, person["open_id"])
    assert (answer.status_code, answer["Location"]) == (302, "/")
    installation = Installation.objects.get()
    assert installation.user.name == person["name"]
    assert installation.organisation.name == person["enterprise"]["name"]
    assert browser.session["_auth_user_id"] == str(installation.user.pk)


def test_an_administrator_enters_the_enterprise_credential(install):
    membership = install("administrator", credential=True)
    assert membership.role == Membership.Role.ADMINISTRATOR
    assert membership.organisation.enterprise_credential.operator_userid
