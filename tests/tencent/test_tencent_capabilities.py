"""The table of who may call what: true to the code, to the documents and to the sandbox, and what follows from it."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

import portal.tencent
from portal.tencent import capabilities
from portal.tencent.capabilities import (
    ANY,
    CAPABILITIES,
    MANAGE,
    PAID,
    PROFILE,
    TABLE,
    TELEPHONE,
    UNKNOWN,
    VIEW,
    Capability,
    Plan,
    may,
    needs_of,
    why_not,
)
from tests.desk import Sandbox

ROOM = Path(portal.tencent.__file__).parent
PAGE = ROOM.parents[1] / "docs" / "platform.md"
METHODS = {"get", "post", "put", "delete"}
SCOPE_WORDS = {ANY: "yes", VIEW: "yes, view", MANAGE: "yes, manage", PROFILE: "yes, profile"}
REPEATED_WORDS = {True: "yes", False: "**never**"}
UNSUPPORTED = 200004
FREE = Plan(paid=False, webinar=False)


class Made(NamedTuple):
    """A call as the code makes it: its method, and whether it may be repeated."""

    method: str
    repeated: bool


def keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in node.keywords if each.arg == name), None)


def nodes() -> list[ast.Call]:
    trees = [ast.parse(path.read_text()) for path in ROOM.glob("*.py")]
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def calls_in_the_code() -> set[str]:
    given = [keyword(node, "call") for node in nodes()]
    return {each.value for each in given if isinstance(each, ast.Constant) and each.value}


def calls_by_the_client() -> dict[str, Made]:
    """Read every call that names its method where it names itself."""
    found = {}
    for node in nodes():
        call, repeatable = keyword(node, "call"), keyword(node, "repeatable")
        if isinstance(call, ast.Constant) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            told = ast.literal_eval(repeatable) if repeatable else node.func.attr != "post"
            found[call.value] = Made(node.func.attr.upper(), told)
    return found


def cells(row: Capability) -> list[str]:
    """Write a row as the page does, without what only the page says: sandbox, limits, units."""
    needs = ", ".join(need.code if need.documented else f"{need.code} (inferred)" for need in row.needs)
    return [
        f"`{row.call}`",
        row.endpoint,
        row.source,
        SCOPE_WORDS[row.scopes] if row.oauth else "–",
        "yes" if row.key else "–",
        ", ".join(sorted(row.who)),
        needs,
        REPEATED_WORDS[row.repeated],
    ]


def rows_of_the_page() -> dict[str, list[str]]:
    table = [line for line in PAGE.read_text().splitlines() if re.match(r"\| `\w+\.\w+` \| [A-Z]+ /", line)]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    return {row[0].strip("`"): row for row in rows}


def paths(row: Capability) -> list[tuple[str, str]]:
    """Give the requests an endpoint stands for."""
    method, _blank, listed = row.endpoint.partition(" ")
    found = []
    for path in listed.split(", "):
        kinds = ("meetings", "webinars") if "{kind}" in path else ("",)
        found += [(method, re.sub(r"{\w+}", "1", path.replace("{kind}", kind)).split("?")[0]) for kind in kinds]
    return found


def test_every_call_has_its_row_and_every_row_its_call() -> None:
    assert calls_in_the_code() == set(CAPABILITIES)
    assert len(CAPABILITIES) == len(TABLE)


@pytest.mark.parametrize("call", sorted(CAPABILITIES))
def test_a_row_is_named_like_its_function(call: str) -> None:
    module, function = call.split(".")
    tree = ast.parse((ROOM / f"{module}.py").read_text())
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_code_makes_calls_with_the_method_of_their_row_and_repeats_them_as_it_says() -> None:
    made = calls_by_the_client()
    wanted = {call: Made(CAPABILITIES[call].endpoint.split()[0], CAPABILITIES[call].repeated) for call in made}
    assert made == wanted
    # The others hand their name to a function they share; there are few of them.
    assert len(made) > 0.6 * len(CAPABILITIES)


@pytest.mark.parametrize("call", sorted(CAPABILITIES))
def test_the_page_says_of_a_call_what_its_row_says(call: str) -> None:
    function, endpoint, document, _sandbox, *about, _limits, _units = rows_of_the_page()[call]
    assert [function, endpoint, document, *about] == cells(CAPABILITIES[call])


def test_the_page_lists_no_call_there_is_not() -> None:
    assert set(rows_of_the_page()) == set(CAPABILITIES)


def test_the_page_knows_which_calls_the_sandbox_serves(sandbox_process: Sandbox) -> None:
    def serves(method: str, path: str) -> bool:
        answer = requests.request(method, sandbox_process.url + path, timeout=10)
        return answer.json().get("error_info", {}).get("error_code") != UNSUPPORTED

    served = {row.call: "yes" if all(serves(*each) for each in paths(row)) else "–" for row in TABLE}
    assert {call: row[3] for call, row in rows_of_the_page().items()} == served


@pytest.mark.parametrize(
    ("call", "oauth", "key"),
    [
        ("links.create", "keys_only", ""),
        ("links.list_all", "keys_only", ""),
        ("pstn.ms_open_ids", "keys_only", ""),
        ("pstn.call_out", "keys_only", ""),
        ("directory.list_users", "keys_only", ""),
        ("directory.read_user", "keys_only", ""),
        ("directory.open_ids_to_userids", "keys_only", ""),
        ("directory.basic_info", "", "oauth_only"),
        ("directory.cancel_auth", "", "oauth_only"),
        ("meetings.create", "", ""),
        ("enrolment.import_rows", "", ""),
        ("guests.replace", "", ""),
        ("participants.page", "", ""),
        ("waiting_room.admit", "", ""),
        ("control.rename", "", ""),
    ],
)
def test_each_kind_of_credential_has_its_calls(call: str, oauth: str, key: str) -> None:
    assert (why_not(call, "oauth"), why_not(call, "key")) == (oauth, key)
    assert (may(call, "oauth"), may(call, "key")) == (not oauth, not key)


@pytest.mark.parametrize(
    ("call", "scopes", "reason"),
    [
        ("meetings.create", ["VIEW_MEETING"], "scope"),
        ("meetings.create", ["MANAGE_MEETING"], ""),
        ("participants.page", ["VIEW_MEETING"], ""),
        ("participants.live", ["VIEW_MEETING"], "scope"),
        ("participants.page", ["VIEW_VIDEO", "VIEW_USER_INFO"], "scope"),
        ("waiting_room.now", ["VIEW_MEETING"], ""),
        ("waiting_room.admit", ["VIEW_MEETING"], "scope"),
        ("directory.basic_info", ["MANAGE_MEETING"], "scope"),
        ("directory.basic_info", ["VIEW_USER_INFO"], ""),
        ("directory.cancel_auth", ["VIEW_VIDEO"], ""),
        ("meetings.create", [], ""),
        ("meetings.create", ["VIEW_MEETING", "personal-meeting-edit"], ""),
        ("links.create", ["MANAGE_MEETING"], "keys_only"),
    ],
)
def test_scopes_decide_where_they_are_known(call: str, scopes: list[str], reason: str) -> None:
    assert (why_not(call, "oauth", scopes), may(call, "oauth", scopes)) == (reason, not reason)


def test_scopes_mean_nothing_to_a_key() -> None:
    assert may("meetings.create", "key", ["VIEW_VIDEO"]) is True


@pytest.mark.parametrize("call", sorted(CAPABILITIES))
@pytest.mark.parametrize("kind", ["oauth", "key"])
def test_a_plan_nobody_knows_forbids_nothing(call: str, kind: str) -> None:
    assert why_not(call, kind, (), UNKNOWN) in ("", "keys_only", "oauth_only")


@pytest.mark.parametrize(
    ("call", "kind", "plan", "reason"),
    [
        ("webinars.create", "oauth", FREE, "plan"),
        ("webinars.create", "oauth", Plan(webinar=True), ""),
        ("webinars.create", "oauth", Plan(paid=True), ""),
        ("meetings.create", "oauth", FREE, ""),
        ("meetings.create", "oauth", Plan(rooms=False), "plan"),
        ("guests.replace", "oauth", FREE, "plan"),
        ("enrolment.import_rows", "oauth", FREE, ""),
        ("links.create", "key", FREE, "plan"),
        ("links.create", "key", Plan(paid=True), ""),
        ("links.create", "oauth", FREE, "keys_only"),
        ("directory.basic_info", "key", FREE, "oauth_only"),
    ],
)
def test_what_a_plan_is_known_to_lack_cannot_be_called(call: str, kind: str, plan: Plan, reason: str) -> None:
    assert why_not(call, kind, (), plan) == reason


def test_the_enterprise_credential_itself_needs_a_paid_plan() -> None:
    assert [need.code for need in needs_of("links.create", "key")] == ["paid"]
    assert needs_of("guests.replace", "key") == (PAID,)
    assert needs_of("participants.page", "oauth") == ()
    assert TELEPHONE in needs_of("pstn.call_out", "key")


def test_account_level_lists_have_a_budget_of_their_own() -> None:
    assert {row.budget for row in TABLE} == {"calls"}
    assert Capability("directory.everybody", "GET /v1/corp/users", "52494", False, True).budget == "account"


def test_what_cannot_be_called_with_keys_is_about_no_meeting() -> None:
    assert [row.call for row in TABLE if row.of_meeting and not row.key] == []
    assert [row.call for row in TABLE if row.keys_say_more and not (row.oauth and row.key)] == []


def test_a_call_nobody_knows_is_a_mistake() -> None:
    for ask in (may, why_not, needs_of):
        with pytest.raises(KeyError):
            ask("links.revoke", "key")


def test_every_scope_of_the_table_is_a_known_one() -> None:
    assert [row.call for row in TABLE if not row.scopes <= capabilities.KNOWN_SCOPES] == []
