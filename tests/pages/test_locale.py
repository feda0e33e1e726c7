"""The Chinese catalogue is whole: every sentence of ours has a translation, and both its files say the same.

To renew it, where gettext is installed: `manage.py makemessages -l zh_Hans --no-location --no-obsolete
-i .venv -i tests`, translate, `manage.py compilemessages`; both files are committed.
"""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation.template import templatize

from tests.factories import make_member

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "portal" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
ROOMS = ("portal", "meetings", "attendance")
NO_WORDS_OF_OURS = {"migrations", "sandbox"}
# Which argument is the message.
CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"), 0),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), 1),
}
QUOTED = r"""(?:u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))"""
IN_TEMPLATE = re.compile(rf"\b(?:n?gettext|_)\(\s*({QUOTED})|\bn?pgettext\(\s*{QUOTED},\s*({QUOTED})")
PLACE = re.compile(r"%\((\w+)\)|%(?=[sd])|\{(\w*)\}")
HAN = re.compile(r"[一-鿿]")
# Names that are the same in both languages.
SAME = {"AppId", "SdkId", "SecretId", "SecretKey", "Cookies"}
# Only its colon is of the language.
SAME |= {"%(place)s: %(told)s"}
SAME |= {"Windows", "Mac", "Linux", "iPad", "iPhone", "Vision Pro"}
TAGS = re.compile(r"<[^>]+>", re.DOTALL)
# The name of the other language is the one word of English there is.
ENGLISH = re.compile(
    r"\b(?!English\b)[A-Za-z]*[a-z] +[a-z]+\b|\b(?:the|and|of|is|to|you|yes|no|name|meeting)\b"
)

Entries = dict[str, tuple[list[str], set[str]]]


def entries(path: Path) -> Entries:
    """Give for each message of a .po file its translations and its flags."""
    found: Entries = {}
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        flags = set(re.findall(r"[\w-]+", " ".join(re.findall(r"^#, (.*)$", block, re.MULTILINE))))
        parts = re.findall(r'^(msg\w+(?:\[\d\])?) (".*"(?:\n".*")*)', block, re.MULTILINE)
        words = {name: "".join(ast.literal_eval(line) for line in text.split("\n")) for name, text in parts}
        if words.get("msgid"):
            told = [text for name, text in words.items() if name.startswith("msgstr")]
            found[words["msgid"]] = (told, flags)
    return found


def in_code() -> Iterator[str]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if NO_WORDS_OF_OURS & set(path.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                    said = node.args[CALLS[node.func.id]] if node.args else None
                    if isinstance(said, ast.Constant) and isinstance(said.value, str):
                        yield said.value


def in_templates() -> Iterator[str]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for first, second in IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"))):
            yield ast.literal_eval(first or second)


@pytest.fixture(scope="module")
def catalogue() -> Entries:
    return entries(CATALOGUE)


def test_every_message_is_translated_and_none_is_a_guess(catalogue: Entries) -> None:
    assert len(catalogue) > 500
    open_ = [message for message, (texts, flags) in catalogue.items() if not all(texts) or "fuzzy" in flags]
    assert open_ == []


def test_no_word_of_ours_is_missing_from_the_catalogue(catalogue: Entries) -> None:
    said = {message for message in (*in_code(), *in_templates()) if message}
    assert sorted(said - set(catalogue)) == []


def test_nothing_is_translated_that_nobody_says(catalogue: Entries) -> None:
    assert sorted(set(catalogue) - set(in_code()) - set(in_templates())) == []


def test_translations_keep_every_place_of_a_value(catalogue: Entries) -> None:
    wrong = [
        message
        for message, (texts, _) in catalogue.items()
        for text in texts
        if sorted(PLACE.findall(message)) != sorted(PLACE.findall(text))
    ]
    assert wrong == []


def test_translations_are_chinese(catalogue: Entries) -> None:
    said_in_english = {
        message: text
        for message, (texts, _) in catalogue.items()
        for text in texts
        if re.search("[a-z]", text) and not HAN.search(text) and message not in SAME
    }
    assert said_in_english == {}


def test_the_compiled_catalogue_is_as_new_as_the_written_one(catalogue: Entries) -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    # A message with a plural is keyed by itself and its number, one with a context by both.
    plain = {key[0] if isinstance(key, tuple) else key: text for key, text in compiled.items() if key}
    told = {key.split("\4")[-1]: text for key, text in plain.items()}
    assert told == {message: texts[0] for message, (texts, _) in catalogue.items()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    [
        *("pages:help", "pages:privacy", "pages:terms", "pages:support"),
        *("home", "meetings:list", "meetings:create", "accounts:account", "accounts:members"),
    ],
)
def test_a_chinese_reader_meets_no_english_sentence(client: Client, name: str) -> None:
    member = make_member(role="administrator")
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse(name), headers={"accept-language": "zh-hans"}).content.decode()
    assert '<html lang="zh-hans"' in page
    seen = TAGS.sub("\n", page)
    assert ENGLISH.findall(seen) == []
