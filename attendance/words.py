"""Puts codes of results into the reader's language."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext

from attendance.matching import Reason
from attendance.matching.words import KEYS, SENTENCES, sentence

# Stored evidence: a code and its parameters.
Told = Sequence[object]


def say(told: Told) -> str:
    """Give the sentence of one piece of stored evidence ([code, parameters])."""
    code, params = str(told[0]), told[1]
    if code not in SENTENCES or not isinstance(params, dict):
        return gettext("A reason this version does not know: %(code)s.") % {"code": code}
    return sentence(Reason(code, tuple(params.items())), gettext)


def say_all(told: Iterable[Told]) -> list[str]:
    """Give the sentences of stored evidence, in its order."""
    return [say(each) for each in told]


def key_word(key: str) -> str:
    """Name a key, such as "exclusive link"; empty for none."""
    return gettext(KEYS[key]) if key in KEYS else key
