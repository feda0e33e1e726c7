"""The five scenarios as lists of calls: what each call is for, and what its absence costs."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GREEN, AMBER, RED = "green", "amber", "red"


class Step(NamedTuple):
    """A call of a scenario; without it the scenario stands at `light` (green: nothing is lost of the proof).

    With `keys` only the enterprise credential's answer will do, although others may ask.
    """

    call: str
    purpose: Promise
    light: str
    loss: Promise | str = ""
    keys: bool = False


class Scenario(NamedTuple):
    """One of the five: who comes, and the calls that prove it."""

    number: int
    title: Promise
    steps: tuple[Step, ...]


_NO_KEY_FOR_STAFF = _("Only colleagues who connected themselves have a firm key; the others are proposed by name.")
_NO_REGISTRATION = _("Without registration nobody can be recognised who was unknown before.")

_CREATE = Step("meetings.create", _("Create the meeting"), RED, _("Meetings cannot be created here."))
_READ = Step("participants.page", _("Read who came"), RED, _("Nobody can read who came."))
_WEBINAR = Step("webinars.create", _("Hold it as a webinar"), GREEN)
_REGISTRATION = (
    Step("enrolment.write_config", _("Set up the registration"), RED, _NO_REGISTRATION),
    Step("enrolment.approvals", _("Read who registered"), RED, _NO_REGISTRATION),
    Step("enrolment.decide", _("Approve or reject"), AMBER, _("Registrants must be approved in Tencent Meeting.")),
    Step("enrolment.ids", _("Find the registration of a participant"), RED, _NO_REGISTRATION),
)
_IMPORT = Step("enrolment.import_rows", _("Import the list into the registration"), AMBER,
               _("Everybody on the list must register again themselves."))  # fmt: skip

SCENARIOS = (
    Scenario(1, _("Own staff, list known"), (
        _CREATE,
        _READ,
        Step("participants.page", _("See the staff id of participants"), AMBER, _NO_KEY_FOR_STAFF, keys=True),
        Step("directory.open_ids_to_userids", _("Look up the staff id of colleagues who connected"), AMBER, _NO_KEY_FOR_STAFF),
    )),
    Scenario(2, _("Outsiders, no list"), (_CREATE, _READ, *_REGISTRATION, _WEBINAR)),
    Scenario(3, _("Staff and outsiders, partly known"), (_CREATE, _READ, *_REGISTRATION, _IMPORT)),
    Scenario(4, _("All known, some by telephone"), (
        _CREATE,
        _READ,
        *_REGISTRATION,
        _IMPORT,
        Step("pstn.ms_open_ids", _("Recognise telephone callers"), AMBER,
             _("Registrations work; telephone callers cannot be told apart.")),
    )),
    Scenario(5, _("Outsiders known only by a code"), (
        _CREATE,
        _READ,
        Step("links.create", _("Make exclusive links"), RED,
             _("Exclusive links are not possible, so people known by a code only cannot be told apart.")),
    )),
)  # fmt: skip

# What a call needs of the plan (`portal.tencent.capabilities.Need`).
NEEDS = {
    "paid": _("a paid edition"),
    "webinar": _("the right to hold webinars"),
    "telephone": _("the telephone package"),
    "rooms": _("ten virtual rooms, on older plans"),
    "phones": _("Tencent's permission to read phone numbers"),
}

# The permissions of a grant under the names people see when they allow them (first platform file, 2.9; seed 002).
SCOPES = {
    "VIEW_MEETING": _("view your meetings"),
    "MANAGE_MEETING": _("view and manage your meetings"),
    "VIEW_VIDEO": _("view your recordings"),
    "MANAGE_VIDEO": _("view and manage your recordings"),
    "VIEW_USER_BASIC_INFO": _("view your basic information"),
    "VIEW_USER_INFO": _("view your user information"),
    "MANAGE_USER_INFO": _("view and manage your user information"),
}


def scope_words(scopes: list[str]) -> list[Promise | str]:
    """Name the permissions of a grant; a code nobody knows stands as it is."""
    return [SCOPES.get(code, code) for code in scopes]
