"""The table of who may call what, and that it stays true to the code and the documents."""

import ast
import re
from pathlib import Path

import pytest

import portal.tencent
from portal.tencent.capabilities import CAPABILITIES, TABLE, may

ROOM = Path(portal.tencent.__file__).parent
PAGE = ROOM.parents[1] / "docs" / "platform.md"


def calls_in_the_code() -> set[str]:
    trees = [ast.parse(path.read_text()) for path in ROOM.glob("*.py")]
    given = (
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "call"
    )
    return {node.value.value for node in given if isinstance(node.value, ast.Constant) and node.value.value}


def test_every_call_has_its_row_and_every_row_its_call() -> None:
    assert calls_in_the_code() == set(CAPABILITIES)
    assert len(CAPABILITIES) == len(TABLE)


@pytest.mark.parametrize("call", sorted(CAPABILITIES))
def test_a_row_is_named_like_its_function(call: str) -> None:
    module, function = call.split(".")
    tree = ast.parse((ROOM / f"{module}.py").read_text())
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("call", sorted(CAPABILITIES))
def test_the_documents_list_every_call_with_its_source(call: str) -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("|") and f"`{call}`" in line]
    assert len(rows) == 1
    assert (
        set(re.findall(r"\d{5,6}", CAPABILITIES[call].source)) - set(re.findall(r"\d{5,6}", rows[0])) == set()
    )


@pytest.mark.parametrize(
    ("call", "oauth", "key"),
    [
        ("links.create", False, True),
        ("links.list_all", False, True),
        ("pstn.ms_open_ids", False, True),
        ("directory.list_users", False, True),
        ("directory.open_ids_to_userids", False, True),
        ("directory.basic_info", True, False),
        ("directory.cancel_auth", True, False),
        ("meetings.create", True, True),
        ("enrolment.import_rows", True, True),
        ("guests.replace", True, True),
        ("participants.page", True, True),
    ],
)
def test_each_kind_of_credential_has_its_calls(call: str, oauth: bool, key: bool) -> None:
    assert (may(call, "oauth"), may(call, "key")) == (oauth, key)


@pytest.mark.parametrize(
    ("call", "scopes", "allowed"),
    [
        ("meetings.create", ["VIEW_MEETING"], False),
        ("meetings.create", ["MANAGE_MEETING"], True),
        ("participants.page", ["VIEW_MEETING"], True),
        ("participants.page", ["VIEW_VIDEO", "VIEW_USER_INFO"], False),
        ("directory.basic_info", ["MANAGE_MEETING"], False),
        ("directory.basic_info", ["VIEW_USER_INFO"], True),
        ("directory.cancel_auth", ["VIEW_VIDEO"], True),
        ("meetings.create", [], True),
        ("meetings.create", ["VIEW_MEETING", "personal-meeting-edit"], True),
        ("links.create", ["MANAGE_MEETING"], False),
    ],
)
def test_scopes_decide_where_they_are_known(call: str, scopes: list[str], allowed: bool) -> None:
    assert may(call, "oauth", scopes) is allowed


def test_scopes_mean_nothing_to_a_key() -> None:
    assert may("meetings.create", "key", ["VIEW_VIDEO"]) is True


def test_a_call_nobody_knows_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        may("links.revoke", "key")
