"""How much the witness has seen: the document's table is what the tests call, neither more nor less."""

from portal.tencent.capabilities import CAPABILITIES
from tests.conformance.both_ways import CASES
from tests.conformance.covered import calls_of_all_tests
from tests.conformance.deviations import DOCUMENT, table
from tests.conformance.witness import FUNCTIONS

AT_LEAST = 45


def test_the_document_lists_exactly_the_calls_that_are_witnessed() -> None:
    listed = {
        (function, kind)
        for function, _, keys, token in table("Calls witnessed")
        for kind, marked in (("keys", keys), ("token", token))
        if marked == "yes"
    }
    assert listed == calls_of_all_tests()
    assert listed <= {(function, kind) for function in FUNCTIONS for kind in ("keys", "token")}


def test_the_document_counts_right() -> None:
    calls = calls_of_all_tests()
    functions = {function for function, _ in calls}
    told = f"{len(functions)} functions, {len(calls)} with each credential counted"
    assert told in DOCUMENT.read_text(encoding="utf-8")
    assert len(calls) >= AT_LEAST


def test_every_function_our_client_has_a_counterpart_for_is_witnessed() -> None:
    ours = {(case.sdk, kind) for case in CASES for kind in case.kinds}
    assert ours - calls_of_all_tests() == set()


def test_our_calls_are_named_as_they_are() -> None:
    named = {(function, call) for function, calls, *_ in table("Calls witnessed") for call in calls.split(", ")}
    assert named == {(case.sdk, case.call) for case in CASES}
    assert {call for _, call in named} <= CAPABILITIES.keys()
