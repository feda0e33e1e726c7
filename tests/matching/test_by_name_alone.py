"""What it says that somebody came by name alone, to the word and to the figure."""

import pytest

from attendance.matching import BALANCED, Decision, Reason, decide
from attendance.matching.words import SENTENCES, sentence
from tests.matching.meetings import Row, arrivals, people
from tests.matching.test_comers import ENROLLED, PLAIN, STRANGERS, among, weights

LATIN = ["John Smith", "Jane Miller", "Peter Brown", "Mary Jones", "Paul Walker", "Anna Schmidt"]


def told(found: Decision, person: str, code: str) -> tuple[tuple[str, object], ...]:
    """Give the parameters of a reason of a candidate."""
    (one,) = [each for each in found.candidates if each.person_id == person]
    return next(reason.params for reason in (*one.reasons_for, *one.reasons_against) if reason.code == code)


def test_all_keys_that_were_to_be_expected_are_named_in_one_order() -> None:
    both = [{**row, "tag": f"t{at}"} for at, row in enumerate(ENROLLED)]
    twins = [{"id": "with", "name": "郑晓明", "enroll_id": "e", "tag": "t"}, {"id": "without", "name": "郑晓明"}]
    known = [{"enroll_id": row["enroll_id"], "tags": (row["tag"],), "shown": "?"} for row in both[:30]]
    came = arrivals({"shown": "郑晓明"}, *known, *STRANGERS)
    found = decide(people(*twins, *both, *PLAIN), came, policy=BALANCED).decisions[0]
    assert told(found, "with", "comes_without") == (("keys", "tag,enroll_id"),)
    assert told(found, "without", "comes_by_name") == ()


# As the method gave them when the policies were frozen: who carries a key or not, in a room with Latin names or without.
@pytest.mark.parametrize(
    ("carried", "latin", "said"),
    [
        ({}, False, {"base_rate": -3.7601, "comes_without": -1.2921}),
        ({}, True, {"base_rate": -3.7973, "comes_without": -1.2916}),
        ({"userid": "u"}, False, {"base_rate": -3.5236, "comes_without": -0.5685}),
        ({"userid": "u"}, True, {"base_rate": -3.5580, "comes_without": -0.5688}),
    ],
)
def test_what_was_to_be_expected_is_learnt_from_names_of_the_same_letters_and_keys(
    carried: Row, latin: bool, said: dict[str, float]
) -> None:
    strangers = [{"shown": name, "userid": f"u{name}"} for name in LATIN] if latin else []
    found = among({"shown": "郑晓明", **carried}, *strangers)[0]
    weighed = weights(found, "with")
    assert {code: weighed[code] for code in said} == pytest.approx(said, abs=1e-4)


@pytest.mark.parametrize(
    ("further", "code", "words"),
    [
        ("郑晓明", "shows_the_same", SENTENCES["shows_the_same"]),
        ("海纳医药 郑晓明", "shows_another", SENTENCES["shows_another"]),
    ],
)
def test_what_a_further_device_shows_is_told_in_words_without_gaps(further: str, code: str, words: str) -> None:
    keyed = {"id": "p", "name": "郑晓明", "enroll_id": "e"}
    _, found = among({"enroll_id": "e", "shown": "郑晓明"}, {"shown": further}, listed=[keyed])
    assert sentence(Reason(code, told(found, "p", code))) == words
