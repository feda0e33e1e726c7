"""Every reason the core can give has a sentence, and the sentence says what the reason knows."""

import ast
import re
from pathlib import Path

import pytest

import attendance.matching
from attendance.matching import How, Key, Reason, Tier
from attendance.matching.words import KEYS, SENTENCES, TIERS, sentence

FOLDER = Path(attendance.matching.__file__).parent
PLACEHOLDER = re.compile(r"%\((\w+)\)")


def told(call: ast.Call) -> tuple[ast.expr, list[ast.Tuple]]:
    """Give the code and the parameters of `Reason(code, params)` or `clue(factor, code, *params)`."""
    if call.func.id == "clue":
        return call.args[1], call.args[2:]
    params = call.args[1] if len(call.args) > 1 else None
    return call.args[0], params.elts if isinstance(params, ast.Tuple) else []


def reasons_in_code() -> dict[str, set[str]]:
    """Read from the source which codes are made with which parameters."""
    found: dict[str, set[str]] = {}
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Reason", "clue")):
                continue
            code, pairs = told(node)
            codes = [n.value for n in ast.walk(code) if isinstance(n, ast.Constant)]
            for code in codes:
                found.setdefault(code, set()).update(pair.elts[0].value for pair in pairs)
    return found


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    made = set(reasons_in_code()) | {how.value for how in How} - {How.NONE.value}
    assert made | {"is_host", "is_staff"} == set(SENTENCES)


@pytest.mark.parametrize(("code", "params"), sorted(reasons_in_code().items()))
def test_a_sentence_needs_no_more_than_the_reason_knows(code: str, params: set[str]) -> None:
    assert set(PLACEHOLDER.findall(SENTENCES[code])) <= params


def test_every_key_and_tier_has_words() -> None:
    assert (set(KEYS), set(TIERS)) == (set(Key), set(Tier))


def test_a_reason_is_put_into_words() -> None:
    reason = Reason("key_of_several_arrivals", (("key", "tag"), ("arrivals", 3)))
    assert sentence(reason) == "3 participants share this exclusive link, so it proves nothing."


def test_sentence_and_keys_are_both_translated() -> None:
    catalogue = {
        "The participant came without: %(keys)s.": "缺少：%(keys)s。",
        "exclusive link": "专属链接",
        "registration": "报名",
        ", ": "、",
    }
    said = sentence(Reason("keys_missing", (("keys", "tag,enroll_id"),)), catalogue.__getitem__)
    assert said == "缺少：专属链接、报名。"
