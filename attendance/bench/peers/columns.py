"""Columns that matchers by table are given: pinyin of a name, and the part of a company that people say."""

import re

from pypinyin import lazy_pinyin

from attendance.bench import words
from attendance.bench.answers import Participant
from attendance.bench.peers.exact import said
from attendance.bench.people import SURNAME_PINYIN

_PLACE = re.compile(f"^({'|'.join(words.PLACES)})市?")
_FORM = re.compile(r"(股份|有限责任|有限|集团|控股|公司|（.*?）|\(.*?\)|合伙企业|会计师事务所|律师事务所)")
# Of a company people say two characters at least.
CORE = 2
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_LETTERS = re.compile(r"[^a-z]")


def name_pinyin(name: str) -> tuple[str, str]:
    """Spell a name in letters, surname first and surname last."""
    syllables = lazy_pinyin("".join(name.split()))
    return "".join(syllables).lower(), "".join([*syllables[1:], *syllables[:1]]).lower()


def letters(shown: str) -> str:
    """Keep the Latin letters of a displayed name."""
    return _LETTERS.sub("", shown.lower())


def company_core(company: str) -> str:
    """Give the first characters of a company after its place."""
    return _FORM.sub("", _PLACE.sub("", company))[:CORE].lower()


def whole_name(one: Participant) -> str:
    """Give the first run of Han in what a participant shows that may be a whole name; empty where none is."""
    runs = (run for run in said(one) if _NAME.fullmatch(run))
    return next((run for run in runs if run[0] in SURNAME_PINYIN or run[:2] in SURNAME_PINYIN), "")
