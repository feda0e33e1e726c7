"""The capability card: computed from the calls, true to the picker of credentials, and said for who reads it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from portal.accounts import plans
from portal.accounts.capabilities import BY_KEYS_ALONE, GONE, INVITED, NEVER, Card, Standing, card, judge, standing
from portal.accounts.credentials import NoCredential, Origin, client_for
from portal.accounts.models import Installation, Membership
from portal.accounts.scenarios import NEEDS, SCENARIOS, SCOPES, scope_words
from portal.jobs import queue
from portal.tencent import capabilities as calls
from portal.tencent.capabilities import CAPABILITIES, Plan
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
VIEW_ONLY = ("VIEW_MEETING", "VIEW_USER_INFO")
FREE = Plan(paid=False, webinar=False, rooms=True)
GRANT_ALONE = ["amber", "green", "green", "amber", "red"]
NOTHING = ["red"] * 5
EVERYTHING = ["green"] * 5
CONNECTION = "/account/#connection"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def lights(present: Standing) -> list[str]:
    return [judge(scenario, present).light for scenario in SCENARIOS]


def reasons(present: Standing) -> set[str]:
    return {judge(scenario, present).reason for scenario in SCENARIOS} - {""}


def read(membership: Membership) -> Card:
    """Give the card in English, whatever language the sign-in spoke."""
    translation.activate("en")
    return card(membership)


class TestTheScenarios:
    def test_are_the_five(self):
        assert [scenario.number for scenario in SCENARIOS] == [1, 2, 3, 4, 5]

    def test_rest_on_calls_the_table_knows_and_say_what_is_lost_without_them(self):
        steps = [step for scenario in SCENARIOS for step in scenario.steps]
        assert [step.call for step in steps if step.call not in CAPABILITIES] == []
        assert [step.call for step in steps if bool(step.loss) is (step.light == "green")] == []

    def test_promise_only_what_the_product_calls(self):
        written = "".join(
            path.read_text() for room in ("meetings", "attendance") for path in (ROOT / room).rglob("*.py")
        )
        made = set(re.findall(r'"(\w+\.\w+)"', written)) | {"meetings.create", "webinars.create"}
        assert {step.call for scenario in SCENARIOS for step in scenario.steps} - made == set()

    def test_have_words_for_every_permission_and_every_need(self):
        needs = {need.code for row in calls.TABLE for need in row.needs} | {calls.PAID_FOR_KEYS.code}
        assert (set(SCOPES), set(NEEDS)) == (set(calls.KNOWN_SCOPES), needs)


class TestTheJudgement:
    @pytest.mark.parametrize(
        ("present", "expected", "missing"),
        [
            (Standing(), GRANT_ALONE, {"no_keys"}),
            (Standing(keys=True), EVERYTHING, set()),
            (Standing(GONE, keys=True), EVERYTHING, set()),
            (Standing(GONE), NOTHING, {"connect_again"}),
            (Standing(NEVER), NOTHING, {"no_grant"}),
            (Standing(NEVER, keys=True), NOTHING, {"no_grant"}),
            (Standing(INVITED), NOTHING, {"invited"}),
            (Standing(INVITED, keys=True), NOTHING, {"invited"}),
            (Standing(scopes=VIEW_ONLY), NOTHING, {"scope"}),
            (Standing(scopes=VIEW_ONLY, keys=True), EVERYTHING, set()),
            (Standing(scopes=("personal-meeting-edit",)), GRANT_ALONE, {"no_keys"}),
            (Standing(plan=FREE), GRANT_ALONE, {"plan"}),
            (Standing(plan=Plan(paid=True)), GRANT_ALONE, {"no_keys"}),
            (Standing(keys=True, keys_for_granted=False), ["amber", "green", "green", "amber", "amber"],
             {"keys_not_for_this"}),
            (Standing(GONE, keys=True, keys_for_granted=False), EVERYTHING, set()),
            (Standing(scopes=VIEW_ONLY, keys=True, keys_for_granted=False), EVERYTHING, set()),
        ],
    )  # fmt: skip
    def test_follows_from_what_can_speak(self, present, expected, missing):
        assert (lights(present), reasons(present)) == (expected, missing)

    def test_says_what_is_lost_or_what_is_enough(self):
        alone, with_keys, by_keys = Standing(), Standing(keys=True), Standing(GONE, keys=True)
        sentences = [str(judge(SCENARIOS[4], present).why) for present in (alone, with_keys)]
        assert sentences[0].startswith("Exclusive links are not possible")
        assert sentences[1] == "The enterprise credential finds everybody by a firm key."
        assert judge(SCENARIOS[1], by_keys).why == BY_KEYS_ALONE

    def test_names_the_permission_that_would_do(self):
        checks = {check.step.call: check for check in judge(SCENARIOS[1], Standing(scopes=("VIEW_USER_INFO",))).checks}
        asked = [str(checks[call].permission) for call in ("meetings.create", "participants.page")]
        assert asked == ["view and manage your meetings", "view your meetings"]

    def test_a_webinar_is_no_part_of_the_proof(self):
        verdict = judge(SCENARIOS[1], Standing(plan=FREE))
        missing = [(check.step.call, check.reason) for check in verdict.checks if not check.by]
        assert (verdict.light, missing) == ("green", [("webinars.create", "plan")])

    def test_says_what_an_unknown_plan_may_need(self):
        def may_need(plan: Plan) -> list[str]:
            return [str(each) for check in judge(SCENARIOS[1], Standing(plan=plan)).checks for each in check.may_need]

        rooms, webinars = str(NEEDS["rooms"]), str(NEEDS["webinar"])
        assert may_need(Plan()) == [rooms, webinars, rooms]
        assert may_need(Plan(paid=True, webinar=True, rooms=True)) == []


class TestTheCard:
    def test_leads_an_administrator_to_the_credential(self, install):
        shown = read(install("administrator"))
        lacking = [line for line in shown.lines if line.light != "green"]
        assert [line.light for line in shown.lines] == GRANT_ALONE
        assert {(str(line.todo), line.url) for line in lacking} == {
            ("Enter the enterprise credential", "/account/credential/")
        }
        assert (shown.url, shown.possible) == ("/account/credential/", 2)

    def test_names_to_an_organiser_who_can_enter_it(self, install):
        administrator = install("administrator")
        shown = read(install("organiser"))
        assert (str(administrator.user) in str(shown.todo), shown.url) == (True, "")

    def test_says_who_is_missing_where_nobody_administers(self, install):
        organiser = install("organiser")
        Membership.objects.filter(role="administrator").delete()
        with translation.override("en"):
            todo = str(card(organiser).todo)
        assert todo.startswith("An administrator of your enterprise must sign in here")

    def test_with_both_nothing_is_left_to_do(self, install):
        shown = read(install("administrator", credential=True))
        assert [(line.light, line.todo, line.url) for line in shown.lines] == [("green", "", "")] * 5
        assert (shown.todo, shown.possible) == ("", 5)

    @pytest.mark.parametrize(
        ("state", "scopes", "todo"),
        [
            ("gone", ["MANAGE_MEETING"], "Sign in again to connect"),
            ("withdrawn", [], "Sign in again to connect"),
            ("alive", ["VIEW_MEETING"], "Sign in again and allow “view and manage your meetings”"),
        ],
    )
    def test_leads_back_to_the_connection(self, install, state, scopes, todo):
        organiser = install("organiser")
        Installation.objects.update(state=state, scopes=scopes)
        shown = read(organiser)
        assert ([line.light for line in shown.lines], str(shown.todo), shown.url) == (NOTHING, todo, CONNECTION)

    def test_with_nothing_connected_the_first_thing_is_to_connect(self, db):
        shown = read(factories.make_member())
        assert ([line.light for line in shown.lines], shown.url) == (NOTHING, CONNECTION)
        assert str(shown.todo) == "Connect with Tencent Meeting"

    def test_who_is_invited_needs_somebody_of_the_enterprise(self, install):
        host = install("administrator", credential=True)
        invited = Membership.objects.create(
            user=install("personal").user, organisation=host.organisation, role="organiser"
        )
        shown = read(invited)
        assert ([line.light for line in shown.lines], shown.url) == (NOTHING, "")
        assert str(shown.todo).startswith("Let somebody of the enterprise")

    def test_a_personal_account_is_told_to_upgrade_and_not_to_enter_keys(self, install):
        shown = read(install("personal"))
        assert [line.light for line in shown.lines] == GRANT_ALONE
        assert (str(shown.todo).startswith("Upgrade to a paid edition"), shown.url) == (True, CONNECTION)

    def test_keys_out_of_reach_lead_to_meetings_made_elsewhere(self, install, settings):
        settings.TENCENT_KEYS_MAY_USE_OAUTH_MEETINGS = False
        assert read(install("administrator", credential=True)).url == "/meetings/"

    @pytest.mark.parametrize("credential", [False, True])
    def test_asks_the_database_as_often_whatever_it_shows(self, install, credential, django_assert_max_num_queries):
        membership = Membership.objects.select_related("organisation", "user").get(
            pk=install("administrator", credential=credential).pk
        )
        with django_assert_max_num_queries(3):
            card(membership)


class TestItIsTrueToThePicker:
    """What the card promises is what `client_for` gives for a meeting of one's own."""

    def picked(self, membership: Membership, call: str, origin: Origin) -> str:
        about = {"origin": origin} if CAPABILITIES[call].of_meeting else {"operator": membership.user}
        try:
            return client_for(call, organisation=membership.organisation, **about).kind
        except NoCredential:
            return ""

    def origin_of_a_new_meeting(self, membership: Membership) -> Origin:
        if self.picked(membership, "meetings.create", Origin("oauth")) == "key":
            return Origin("keys", "", membership.user.installations.get().userid)
        return Origin("oauth", membership.user.open_id)

    @pytest.mark.parametrize("credential", [False, True])
    @pytest.mark.parametrize("state", ["alive", "gone"])
    @pytest.mark.parametrize("scopes", [["MANAGE_MEETING"], ["VIEW_MEETING"], []])
    @pytest.mark.parametrize("reach", [True, False])
    def test_in_every_state(self, install, settings, credential, state, scopes, reach):
        settings.TENCENT_KEYS_MAY_USE_OAUTH_MEETINGS = reach
        membership = install("administrator", credential=credential)
        Installation.objects.update(state=state, scopes=scopes)
        origin = self.origin_of_a_new_meeting(membership)
        for line in card(membership).lines:
            for check in line.checks:
                kind = self.picked(membership, check.step.call, origin)
                expected = "" if check.step.keys and kind == "oauth" else kind
                assert (line.number, check.step.call, check.by) == (line.number, check.step.call, expected)


class TestThePlan:
    def told(self, version: int | None, account: int | None, webinar: int = 0) -> Installation:
        plan = {"account_version": version, "user_account_type": account, "add_on_webinar": webinar}
        return Installation(plan=plan)

    @pytest.mark.parametrize(
        ("version", "account", "webinar", "plan"),
        [
            (1, 8, 0, Plan(paid=True, rooms=True)),
            (2, 1, 8, Plan(paid=True, webinar=True)),
            (3, 9, 0, Plan(paid=True)),
            (1, 2, 0, Plan(paid=True, rooms=True)),
            (0, 2, 0, FREE),
            (0, None, 0, FREE),
            (0, 9, 0, Plan(rooms=True)),
            (None, None, 0, Plan()),
            (7, 1, 0, Plan()),
        ],
    )
    def test_is_what_the_platform_said(self, version, account, webinar, plan):
        assert plans.of(self.told(version, account, webinar)) == plan

    def test_is_unknown_where_nothing_was_said(self):
        assert (plans.of(None), plans.of(Installation())) == (Plan(), Plan())

    def test_is_said_in_words(self):
        enterprise = self.told(2, 1, 8)
        enterprise.plan["add_on_largemeeting"] = 3
        words = ["enterprise edition", "meetings of up to 2000", "webinars of up to 10000"]
        assert [str(each) for each in plans.words(enterprise)] == words
        assert [str(each) for each in plans.words(self.told(0, 2))] == ["free account"]
        assert [str(each) for each in plans.words(self.told(7, 1))] == ["edition unknown"]
        assert plans.words(Installation()) == []

    def test_is_kept_with_the_grant(self, install):
        grant = install("organiser").user.installations.get()
        expected = {"account_version": 2, "user_account_type": 1, "add_on_largemeeting": 3, "add_on_webinar": 8}
        assert grant.plan == expected

    def test_is_asked_for_again_every_night(self, install, run_jobs):
        membership = install("organiser")
        Installation.objects.update(plan={})
        queue.enqueue("accounts.read_plans", subject="schedule", period="2026-11-20")
        run_jobs()
        assert membership.user.installations.get().plan["account_version"] == 2

    def test_stays_known_where_it_cannot_be_asked_for(self, install):
        grant = install("organiser").user.installations.get()
        Installation.objects.update(scopes=["MANAGE_MEETING"])
        assert plans.read(Installation.objects.get()) is False
        assert Installation.objects.get().plan == grant.plan

    def test_keys_that_passed_their_check_prove_a_paid_one(self, install):
        membership = install("administrator", credential=True)
        Installation.objects.update(plan={"account_version": 0, "user_account_type": 2})
        assert standing(membership).plan.paid is True

    def test_is_looked_up_from_the_very_account_that_is_connected(self, install):
        personal = standing(install("personal"))
        assert personal.plan == FREE


class TestPermissionsInWords:
    def test_an_unknown_one_stands_as_it_is(self):
        assert [str(each) for each in scope_words(["VIEW_MEETING", "new-code"])] == ["view your meetings", "new-code"]
