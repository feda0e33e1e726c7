"""The capability card: which of the five scenarios can be proved with what is connected, and the one thing missing.

All of it is computed from two tables: `portal.tencent.capabilities` (what a call takes) and `portal.accounts.scenarios`
(which calls a scenario makes). What is true before a meeting is made is asked here and nowhere else.
"""

from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.accounts import credentials, plans
from portal.accounts.models import Installation, Membership
from portal.accounts.scenarios import AMBER, GREEN, NEEDS, RED, SCENARIOS, SCOPES, Scenario, Step
from portal.tencent.capabilities import CAPABILITIES, MANAGE, UNKNOWN, Plan, needs_of, why_not

ALIVE, GONE, NEVER, INVITED = "alive", "gone", "never", "invited"
NO_GRANT = {GONE: "connect_again", NEVER: "no_grant", INVITED: "invited"}
ORDER = (GREEN, AMBER, RED)
MOST_NAMES = 3

WHOSE = {"oauth": _("your connection"), "key": _("enterprise credential")}
BY_KEYS = _("The enterprise credential finds everybody by a firm key.")
BY_GRANT = _("Your connection is enough: registrations are the key.")
BY_KEYS_ALONE = _("The enterprise credential is enough: registrations are the key.")

# Why a call cannot be made, for one line of the details.
MISSING = {
    "no_grant": _("nothing is connected"),
    "connect_again": _("the connection ended"),
    "invited": _("you are here by invitation"),
    "scope": _("a permission is missing"),
    "plan": _("not in your plan"),
    "no_keys": _("needs the enterprise credential"),
    "keys_not_for_this": _("the enterprise credential does not reach meetings made with your connection"),
}
# The same for a whole scenario, where it says more than what is lost.
WHY = {
    "no_grant": _("Nothing is connected."),
    "connect_again": _("Your connection to Tencent Meeting ended."),
    "invited": _("You are here by invitation: meetings are made by people of the enterprise itself."),
    "scope": _("The permission to manage your meetings was not granted."),
    "keys_not_for_this": _("The enterprise credential does not reach meetings made with your connection."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What can speak for a member's own meetings: their grant (alive, gone, never, invited), the keys, their plan."""

    grant: str = ALIVE
    scopes: tuple[str, ...] = ()
    keys: bool = False
    keys_for_granted: bool = True
    plan: Plan = UNKNOWN


@dataclass(frozen=True, slots=True)
class Check:
    """One call of a scenario: by whom it can be made (oauth, key or nobody), else why not."""

    step: Step
    by: str = ""
    reason: str = ""
    may_need: tuple[Promise, ...] = ()

    @property
    def light(self) -> str:
        """How the scenario stands as far as this call is concerned; a meeting made elsewhere is a way round."""
        if self.by:
            return GREEN
        return AMBER if self.reason == "keys_not_for_this" else self.step.light

    @property
    def whose(self) -> Promise | str:
        """Whose credential makes the call; empty where none does."""
        return WHOSE.get(self.by, "")

    @property
    def missing(self) -> Promise | str:
        """Why it cannot be made."""
        return MISSING.get(self.reason, "")

    @property
    def permission(self) -> Promise | str:
        """The permission that would do, where one is missing."""
        needed = sorted(CAPABILITIES[self.step.call].scopes, key=lambda code: code in MANAGE)
        return SCOPES[needed[0]] if self.reason == "scope" else ""

    @property
    def documents(self) -> list[str]:
        """The pages of the platform's documentation that say so."""
        return [number for number in CAPABILITIES[self.step.call].source.split(", ") if number.isdecimal()]


class Verdict(NamedTuple):
    """How a scenario stands, in a sentence; `reason` names what is missing."""

    light: str
    why: Promise | str
    reason: str
    checks: list[Check]


class Todo(NamedTuple):
    """The one thing to do; without an address it is for somebody else."""

    text: Promise | str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the card; `todo` and `url` are empty where nothing is to do."""

    number: int
    title: Promise
    light: str
    why: Promise | str
    checks: list[Check]
    todo: Promise | str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """The five lines for a member; `todo` and `url` where one thing would help all lines that lack something."""

    lines: list[Line]
    todo: Promise | str = ""
    url: str = ""

    @property
    def possible(self) -> int:
        """How many scenarios are proved without limits."""
        return sum(line.light == GREEN for line in self.lines)


def standing(membership: Membership) -> Standing:
    """Look up what a member's own meetings can be served with."""
    organisation = membership.organisation
    grant = organisation.installations.filter(user=membership.user).first()
    keys = credentials.keys_of(organisation) is not None
    plan = plans.of(grant)
    if keys or organisation.is_personal:
        # Keys that passed their check prove a paid plan; a person without an enterprise has none (84320).
        plan = plan._replace(paid=keys)
    return Standing(
        grant=_state(membership, grant),
        scopes=tuple(grant.scopes) if grant else (),
        keys=keys,
        keys_for_granted=settings.TENCENT_KEYS_MAY_USE_OAUTH_MEETINGS,
        plan=plan,
    )


def judge(scenario: Scenario, present: Standing) -> Verdict:
    """Say how a scenario stands; the first of its worst gaps is the one that is named."""
    checks = [_check(step, present) for step in scenario.steps]
    worst = max(checks, key=lambda check: ORDER.index(check.light))
    if worst.light == GREEN:
        return Verdict(GREEN, _why_green(checks, present), "", checks)
    return Verdict(worst.light, WHY.get(worst.reason, worst.step.loss), worst.reason, checks)


def card(membership: Membership) -> Card:
    """Give the card for a member: five lines, each with the one thing that helps, said for who reads it."""
    present = standing(membership)
    verdicts = [judge(scenario, present) for scenario in SCENARIOS]
    todos = {reason: _todo(reason, membership) for reason in {verdict.reason for verdict in verdicts}}
    lines = [
        Line(scenario.number, scenario.title, verdict.light, verdict.why, verdict.checks, *todos[verdict.reason])
        for scenario, verdict in zip(SCENARIOS, verdicts, strict=True)
    ]
    missing = [reason for reason in todos if reason]
    return Card(lines, *(todos[missing[0]] if len(missing) == 1 else ()))


def _state(membership: Membership, grant: Installation | None) -> str:
    if grant:
        return ALIVE if grant.state == Installation.State.ALIVE else GONE
    return INVITED if membership.user.installations.exists() else NEVER


def _check(step: Step, present: Standing) -> Check:
    """Choose as `credentials.client_for` will: the grant, unless only the keys will do."""
    no_grant, no_keys = _why_no_grant(step, present), _why_no_keys(step, present)
    may_need = {kind: _may_need(step.call, kind, present.plan) for kind in ("oauth", "key")}
    by_keys = not no_keys and (no_grant or CAPABILITIES[step.call].keys_say_more)
    if by_keys or not no_grant:
        kind = "key" if by_keys else "oauth"
        return Check(step, by=kind, may_need=may_need[kind])
    return Check(step, reason=no_keys if no_grant == "keys_only" else no_grant)


def _why_no_grant(step: Step, present: Standing) -> str:
    reason = "keys_only" if step.keys else why_not(step.call, "oauth", present.scopes, present.plan)
    if reason == "keys_only" or present.grant == ALIVE:
        # A grant never reaches a meeting that was made with the keys.
        beyond = _made_with_keys(present) and CAPABILITIES[step.call].of_meeting
        return "keys_only" if beyond else reason
    return NO_GRANT[present.grant]


def _why_no_keys(step: Step, present: Standing) -> str:
    if present.grant in (NEVER, INVITED):
        # Nobody acts with the keys whose own userid they cannot find.
        return NO_GRANT[present.grant]
    reason = why_not(step.call, "key", (), present.plan)
    if reason or not present.keys:
        return reason or "no_keys"
    allowed = present.keys_for_granted or _made_with_keys(present)
    return "" if allowed or not CAPABILITIES[step.call].of_meeting else "keys_not_for_this"


def _made_with_keys(present: Standing) -> bool:
    """Whether the keys make a member's meetings, because their grant may not."""
    may_create = not why_not("meetings.create", "oauth", present.scopes, present.plan)
    return present.keys and not (present.grant == ALIVE and may_create)


def _may_need(call: str, kind: str, plan: Plan) -> tuple[Promise, ...]:
    return tuple(NEEDS[need.code] for need in needs_of(call, kind) if plan.has(need) is None)


def _why_green(checks: list[Check], present: Standing) -> Promise:
    if any(check.step.keys or not CAPABILITIES[check.step.call].oauth for check in checks):
        return BY_KEYS
    return BY_GRANT if present.grant == ALIVE else BY_KEYS_ALONE


def _todo(reason: str, membership: Membership) -> Todo:
    connection = reverse("accounts:account") + "#connection"
    if reason == "no_keys":
        return _enter_keys(membership)
    return {
        "": Todo(""),
        "no_grant": Todo(_("Connect with Tencent Meeting"), connection),
        "connect_again": Todo(_("Sign in again to connect"), connection),
        "scope": Todo(_("Sign in again and allow “view and manage your meetings”"), connection),
        "invited": Todo(_("Let somebody of the enterprise make the meeting and share it with you")),
        "plan": Todo(_("Upgrade to a paid edition of Tencent Meeting, then renew the connection here"), connection),
        "keys_not_for_this": Todo(_("Make the meeting in Tencent Meeting and pull it in here"), reverse("meetings:list")),
    }[reason]


def _enter_keys(membership: Membership) -> Todo:
    """Ask for the credential: of an administrator directly, of anybody else by naming who can."""
    if membership.is_administrator:
        return Todo(_("Enter the enterprise credential"), reverse("accounts:credential"))
    administrators = membership.organisation.memberships.filter(role=Membership.Role.ADMINISTRATOR)
    names = [str(each.user) for each in administrators.select_related("user").order_by("pk")[:MOST_NAMES]]
    if not names:
        return Todo(_("An administrator of your enterprise must sign in here and enter the enterprise credential"))
    return Todo(_("Ask %(names)s to enter the enterprise credential") % {"names": " / ".join(names)})
