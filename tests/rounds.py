"""The installation as a person makes it: our button, the platform's consent page over HTTP, and back."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import requests
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.accounts import enterprise, installations
from portal.accounts.models import EnterpriseCredential, Membership, User

LOGIN = "tencent_login"


def people(world: dict) -> Iterator[dict]:
    """Give everybody of the sandbox's world, with the enterprise each belongs to."""
    for company in world["enterprises"]:
        for person in company["users"]:
            yield person | {"enterprise": company}
    yield world["personal_user"] | {"enterprise": None}


def find(world: dict, who: str) -> dict:
    """Give one person: administrator, organiser, personal, or by open id."""
    wanted = {
        "administrator": lambda person: person["role_type"] > 0,
        "organiser": lambda person: person["organises"] and person["role_type"] == 0,
        "personal": lambda person: person["enterprise"] is None,
    }.get(who, lambda person: person["open_id"] == who)
    return next(person for person in people(world) if wanted(person))


def local(url: str) -> str:
    """Give the part of an address a test client takes."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def consent(address: str, open_id: str) -> str:
    """Agree on the platform's consent page as this person; gives where the browser is sent."""
    parts = urlsplit(address)
    form = dict(parse_qsl(parts.query)) | {"as": open_id, "decision": "approve"}
    answer = requests.post(f"{parts.scheme}://{parts.netloc}{parts.path}", data=form, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def sign_in(browser: Client, open_id: str, **form: str) -> HttpResponse:
    """Walk the whole round; gives our answer to the way back."""
    begun = browser.post(reverse(LOGIN), form)
    assert begun.status_code == 302, begun.content.decode()
    return browser.get(local(consent(begun["Location"], open_id)))


def keys_of(company: dict, person: dict, **changed: str) -> enterprise.Keys:
    """Give the keys of an enterprise of the sandbox as its administrator would copy them."""
    told = {
        "app_id": company["app_id"],
        "sdk_id": company["sdk_id"],
        "secret_id": company["secret_id"],
        "secret_key": company["secret_key"],
        "operator_userid": person["userid"],
        "webhook_token": company["webhook"]["token"],
        "webhook_aes_key": company["webhook"]["aes_key"],
    }
    return enterprise.Keys(**(told | changed))


def install(world: dict, who: str = "organiser", *, credential: bool = False) -> Membership:
    """Install as somebody of the sandbox's world; administrators get the role their authorisation event gives them."""
    person = find(world, who)
    answer = sign_in(Client(), person["open_id"], next="/account/")
    assert answer.status_code == 302, answer.content.decode()
    user = User.objects.get(open_id=person["open_id"])
    if person["role_type"]:
        installations.note_administrator(sdk_id=user.sdk_id, open_id=user.open_id, open_corp_id="")
    membership = user.memberships.select_related("user", "organisation").get()
    if credential:
        enter_credential(membership, person)
    return membership


def enter_credential(membership: Membership, person: dict) -> EnterpriseCredential:
    """Enter the enterprise credential of a person's company."""
    return enterprise.enter(membership, keys_of(person["enterprise"], person))
