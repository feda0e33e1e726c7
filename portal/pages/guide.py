"""What the help page is made of: its sections in order, the first steps, the five scenarios.

The words of a section stand in `templates/pages/help/<anchor>.html`; its anchor is its address for ever.
"""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts.capabilities import Standing, judge
from portal.accounts.scenarios import SCENARIOS

SECTIONS = [
    ("start", _("How to begin")),
    ("scenarios", _("Five scenarios: who comes, and what can be proved")),
    ("credential", _("The enterprise credential")),
    ("lists", _("Your list")),
    ("registration", _("Registration")),
    ("links", _("Exclusive links, and the limit of 300")),
    ("telephone", _("Telephone callers")),
    ("results", _("Reading the results")),
    ("review", _("Doubtful matches")),
    ("limits", _("What Tencent Meeting does not let us see")),
    ("exports", _("Exports and phone numbers")),
    ("roles", _("Roles")),
    ("leaving", _("Leaving")),
]

STEPS = [
    {
        "title": _("Connect"),
        "text": _(
            "Sign in with Tencent Meeting and allow Rollcall to manage your meetings. No second password."
        ),
    },
    {
        "title": _("Create a meeting"),
        "text": _("Create it here: with your sign-in alone, attendance can be read for such meetings only."),
    },
    {
        "title": _("Upload your list"),
        "text": _("CSV or Excel, just as you have it. You see every row before anything is saved."),
    },
    {
        "title": _("Give everybody a way in"),
        "text": _("An exclusive link each, or registration. It depends on who comes: see the scenarios."),
    },
    {
        "title": _("Hold the meeting and read the result"),
        "text": _("Results appear minutes after the end. Settle the doubtful matches, then export."),
    },
]


class Scenario(NamedTuple):
    """One of the five scenarios: when it applies, what to set up, what is proved without and with keys.

    `with_keys` is empty where the sign-in alone is enough.
    """

    number: int
    title: Promise
    typical: Promise
    setup: Promise
    light: str
    without: Promise
    with_keys: Promise | str


# What each scenario looks like, and what to do before the meeting.
_SETUPS = {
    1: (
        _("internal reviews, training, town halls"),
        _("Put staff ids in the list, and let only your own staff join."),
    ),
    2: (
        _("open lectures, product launches"),
        _("Switch on registration; those who register and are approved become the expected people."),
    ),
    3: (
        _("insurance talks, customer days"),
        _("Upload the list and import it into the registration; let the others register themselves."),
    ),
    4: (
        _("roadshows of brokers"),
        _("Upload the list with phones, import it into the registration; enter the enterprise credential."),
    ),
    5: (
        _("job interviews, medical meetings"),
        _("Upload names or codes, issue an exclusive link for each person, and send everybody their own."),
    ),
}


def scenarios() -> list[Scenario]:
    """Give the five scenarios; what can be proved is said in the words of the capability card."""
    found = []
    for scenario in SCENARIOS:
        typical, setup = _SETUPS[scenario.number]
        without, with_keys = judge(scenario, Standing()), judge(scenario, Standing(keys=True))
        better = with_keys.why if with_keys.light != without.light else ""
        found.append(Scenario(scenario.number, scenario.title, typical, setup, without.light, without.why, better))
    return found
