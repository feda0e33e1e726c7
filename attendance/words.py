"""Puts codes of results into the reader's language."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from attendance import presence
from attendance.matching import Reason
from attendance.matching.words import KEYS, SENTENCES, sentence

# Stored evidence: a code and its parameters.
Told = Sequence[object]

# Client types of the platform (`instanceid`, identity file 1.5).
DEVICES = {
    0: _("Telephone"), 1: _("Windows"), 2: _("Mac"), 3: _("Android"), 4: _("iPhone"), 5: _("Browser"), 6: _("iPad"),
    7: _("Android tablet"), 8: _("Mini program"), 9: _("Conference system"), 10: _("Linux"), 12: _("Vision Pro"),
    20: _("Meeting room"), 21: _("Meeting room"), 22: _("Meeting room"), 30: _("Room controller"),
    32: _("Room controller"), 33: _("Room controller"), 81: _("HarmonyOS"), 82: _("HarmonyOS"), 83: _("HarmonyOS"),
    84: _("HarmonyOS"), 86: _("HarmonyOS"),
}  # fmt: skip

# How a row came to be (`join_type`, identity file 8.3).
JOIN_TYPES = {
    0: _("telephone"), 1: _("app"), 2: _("screen cast, attached"), 3: _("app (Linux)"),
    4: _("telephone audio, attached"), 5: _("telephone video, attached"), 6: _("telephone (Linux)"),
}  # fmt: skip

WITHOUT = {
    "enroll_id": _("Registrations could not be looked up: nobody is proved by registration."),
    "userid": _("Enterprise accounts could not be looked up: the enterprise credential is missing."),
    "pstn": _("Telephone callers could not be looked up: the enterprise credential is missing."),
    "userid_refused": _("Tencent Meeting refused to look up enterprise accounts; the next pull asks again."),
    "pstn_refused": _("Tencent Meeting refused to look up telephone callers; the next pull asks again."),
    "enroll_id_refused": _("Tencent Meeting refused to look up registrations; the next pull asks again."),
    "later": _("Tencent Meeting is busy; some look-ups follow by themselves."),
}


# Reasons that are none of the matching core's: what it does not know of.
OURS = {
    "ignored_before": _("A colleague set this account aside in an earlier meeting."),
    "part_until": _("Several people used this identity one after the other: this is its time until %(until)s. No key of the"
                    " identity proves who that was; rows that come late belong to a part by their time."),
    "part_since": _("Several people used this identity one after the other: this is its time from %(since)s on. No key of the"
                    " identity proves who that was; rows that come late belong to a part by their time."),
    "part_between": _("Several people used this identity one after the other: this is its time from %(since)s to %(until)s. No"
                      " key of the identity proves who that was; rows that come late belong to a part by their time."),
}  # fmt: skip

POLICIES = {"strict": _("strict"), "balanced": _("balanced")}


def say(told: Told) -> str:
    """Give the sentence of one piece of stored evidence ([code, parameters])."""
    code, params = str(told[0]), told[1]
    if code in OURS and isinstance(params, dict):
        return str(OURS[code]) % params
    if code not in SENTENCES or not isinstance(params, dict):
        return gettext("A reason this version does not know: %(code)s.") % {"code": code}
    return sentence(Reason(code, tuple(params.items())), gettext)


def say_all(told: Iterable[Told]) -> list[str]:
    """Give the sentences of stored evidence, in its order."""
    return [say(each) for each in told]


def policy_word(version: str) -> str:
    """Name a matching policy with its version, such as "strict 1"."""
    name, _dash, number = version.partition("-")
    return f"{POLICIES[name]} {number}" if name in POLICIES else version


def rule_word(version: str) -> str:
    """Name a version of the rule, such as "of the meeting, version 3"."""
    number = version[1:]
    if version.startswith("m"):
        return gettext("of the meeting, version %(number)s") % {"number": number}
    if version.startswith("o"):
        return gettext("of the organisation, version %(number)s") % {"number": number}
    return gettext("built in, version %(number)s") % {"number": version}


def rule_says(rule: presence.Rule) -> str:
    """Say what a rule asks for, such as "at least 80% of the window, at least 40 minutes, signed in"."""
    asked = [gettext("at least %(share)d%% of the window") % {"share": round(100 * rule.min_share)}] if rule.min_share else []
    asked += [gettext("at least %(minutes)d minutes") % {"minutes": rule.min_minutes}] if rule.min_minutes else []
    asked += [gettext("signed in")] if rule.needs_sign_in else []
    return gettext(", ").join(asked) or gettext("came at all")


def key_word(key: str) -> str:
    """Name a key, such as "exclusive link"; empty for none."""
    return gettext(KEYS[key]) if key in KEYS else key


def device_word(code: int) -> str:
    """Name a client type; one that is not known is called a device with its number."""
    return str(DEVICES.get(code) or gettext("Device %(code)s") % {"code": code})


def devices_word(codes: Iterable[int]) -> str:
    """Name several client types, each once."""
    return " · ".join(dict.fromkeys(device_word(code) for code in codes))


def join_word(join_type: int) -> str:
    """Say how a row came to be."""
    return str(JOIN_TYPES.get(join_type) or join_type)


def without_word(code: str) -> str:
    """Say what a run had to do without."""
    return str(WITHOUT.get(code, code))
