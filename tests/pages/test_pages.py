"""The pages that belong to nobody in particular: open to everybody, in both languages, with one way in."""

import re
from types import ModuleType

import pytest
from django.conf import settings as site
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import include, path, reverse
from django.utils.translation import override

from portal import urls
from portal.accounts.models import Membership
from portal.pages.guide import SECTIONS, scenarios
from portal.pages.views import LEGAL
from tests.factories import make_member

pytestmark = pytest.mark.django_db

TITLES = {
    "help": {"zh-hans": "帮助", "en": "Help"},
    "privacy": {"zh-hans": "隐私政策", "en": "Privacy policy"},
    "terms": {"zh-hans": "服务条款", "en": "Terms of use"},
    "support": {"zh-hans": "联系支持", "en": "Support"},
}
LANGUAGES = ("zh-hans", "en")
PAGES = [(name, language) for name in TITLES for language in LANGUAGES]
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
FOREIGN = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//([^/"']+)""")


@pytest.fixture
def member() -> Membership:
    return make_member(role="viewer")


@pytest.fixture(params=("signed out", "signed in"))
def visitor(request: pytest.FixtureRequest, client: Client, member: Membership) -> Client:
    if request.param == "signed in":
        client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read(client: Client, name: str, language: str, **query: str) -> HttpResponse:
    return client.get(reverse(f"pages:{name}"), query, headers={"accept-language": language})


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def heading(page: str) -> str:
    return re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)[1].strip()


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_everybody_can_read_it_in_their_language(visitor: Client, name: str, language: str) -> None:
    answer = read(visitor, name, language)
    page = text(answer)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in page
    assert heading(page) == TITLES[name][language]
    assert page.count("<h1") == 1


@pytest.mark.parametrize(("name", "language"), [*PAGES, ("sign_in", "zh-hans"), ("sign_in", "en")])
def test_it_names_nothing_foreign(client: Client, name: str, language: str) -> None:
    answer = read(client, name, language)
    assert FOREIGN.findall(text(answer)) == []
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", TITLES)
def test_who_is_signed_in_keeps_the_navigation(client: Client, member: Membership, name: str) -> None:
    assert "rc-nav" not in text(read(client, name, "en"))
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    assert "rc-nav" in text(read(client, name, "en"))


@pytest.mark.parametrize("name", [*TITLES, "sign_in"])
def test_reading_is_all_one_can_do(client: Client, name: str) -> None:
    assert client.post(reverse(f"pages:{name}")).status_code == 405


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_one_way_in_and_no_password(client: Client, language: str) -> None:
    page = text(read(client, "sign_in", language))
    forms = [form for form in FORM.findall(page) if f'action="{reverse("tencent_login")}"' in form]
    assert len(forms) == 1
    assert forms[0].count("<button") == 1
    assert 'method="post"' in forms[0]
    assert "csrfmiddlewaretoken" in forms[0]
    assert 'type="password"' not in page
    assert [form for form in FORM.findall(page) if form not in forms and "setlang" not in form] == []


def test_whoever_signs_in_is_told_what_they_agree_to(client: Client) -> None:
    page = text(read(client, "sign_in", "en"))
    assert f'href="{reverse("pages:terms")}">terms of use</a>' in page
    assert f'href="{reverse("pages:privacy")}">privacy policy</a>' in page
    assert f'href="mailto:{site.SUPPORT_EMAIL}"' in page


@pytest.mark.parametrize("onward", ["/meetings/7/", "/help/#links", "http://testserver/meetings/"])
def test_the_way_on_is_kept_when_it_is_ours(client: Client, member: Membership, onward: str) -> None:
    assert f'name="next" value="{onward}"' in text(read(client, "sign_in", "en", next=onward))
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    answer = read(client, "sign_in", "en", next=onward)
    assert (answer.status_code, answer["Location"]) == (302, onward)


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
    ],
)
def test_a_foreign_way_on_is_dropped(client: Client, member: Membership, onward: str) -> None:
    page = text(read(client, "sign_in", "en", next=onward))
    (way_in,) = [form for form in FORM.findall(page) if reverse("tencent_login") in form]
    assert 'name="next"' not in way_in
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    answer = read(client, "sign_in", "en", next=onward)
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))


def test_who_may_not_pass_comes_to_the_sign_in_and_back(client: Client) -> None:
    guarded = reverse("accounts:account")
    answer = client.get(guarded)
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('pages:sign_in')}?next={guarded}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_the_contents_leads_somewhere(client: Client, language: str) -> None:
    page = text(read(client, "help", language))
    targets = re.findall(r'href="#([\w-]+)"', page)
    ids = re.findall(r'\sid="([\w-]+)"', page)
    assert set(targets) <= set(ids)
    assert len(ids) == len(set(ids))
    sections = [anchor for anchor in targets if anchor not in ("main", "contents")]
    assert sections == [anchor for anchor, _ in SECTIONS]


def test_every_scenario_can_be_linked_to(client: Client) -> None:
    page = text(read(client, "help", "en"))
    assert re.findall(r'id="scenario-(\d)"', page) == [str(scenario.number) for scenario in scenarios()]


@pytest.mark.parametrize("name", ["privacy", "terms"])
def test_legal_texts_say_their_version(client: Client, name: str) -> None:
    assert f"Version {LEGAL['version']}, in force since Nov. 20, 2026" in text(read(client, name, "en"))
    assert f"版本 {LEGAL['version']}，自 2026年11月20日 起生效" in text(read(client, name, "zh-hans"))


def test_support_shows_a_telephone_only_where_there_is_one(client: Client, settings: object) -> None:
    settings.SUPPORT_EMAIL = "people@rollcall.example"
    assert "Telephone" not in text(read(client, "support", "en"))
    settings.SUPPORT_PHONE = "400-000-0000"
    page = text(read(client, "support", "en"))
    assert "400-000-0000" in page
    assert "mailto:people@rollcall.example" in page


def test_a_wrong_address_is_answered_in_words(client: Client) -> None:
    answer = client.get("/nowhere/", headers={"accept-language": "zh-hans"})
    assert (answer.status_code, heading(text(answer))) == (404, "这个地址没有内容")
    answer = client.get("/nowhere/", headers={"accept-language": "en"})
    assert (answer.status_code, heading(text(answer))) == (404, "There is nothing at this address")


def test_a_form_without_its_token_is_answered_in_words() -> None:
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.post(reverse("tencent_login"), headers={"accept-language": "en"})
    assert (answer.status_code, heading(text(answer))) == (403, "This form has expired")


@pytest.mark.parametrize("code", [400, 403, 500])
@pytest.mark.parametrize("language", LANGUAGES)
def test_error_pages_need_nothing_to_be_shown(code: int, language: str) -> None:
    with override(language):
        page = render_to_string(f"{code}.html")
    assert f">{code}</p>" in page
    assert FOREIGN.findall(page) == []


def test_health_is_told_to_machines(client: Client) -> None:
    answer = client.get(reverse("pages:health"))
    assert answer.json() == {"database": True, "broker": True, "oldest_due_seconds": 0}
    assert "no-store" in answer["Cache-Control"]


def test_the_style_guide_is_not_for_visitors(client: Client) -> None:
    assert client.get("/style-guide/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_style_guide_shows_every_component(visitor: Client, settings: object, language: str) -> None:
    developing = ModuleType("developing")
    guide = path("style-guide/", include("portal.pages.style_guide_urls"))
    developing.urlpatterns = [*urls.urlpatterns, guide]
    settings.ROOT_URLCONF = developing
    answer = visitor.get("/style-guide/", headers={"accept-language": language})
    assert answer.status_code == 200
