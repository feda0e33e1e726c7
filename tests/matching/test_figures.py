"""What is written down by the core's words and figures: they change with a version, or not at all."""

import gc
import gettext
import json
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import pytest

import portal
from attendance.matching import BALANCED, STRICT, Arrivals, Key, People, Policy, Tier, decide
from attendance.matching.words import KEYS, SENTENCES, TIERS
from tests.matching.meetings import arrivals, listed, shown

CATALOGUE = Path(portal.__file__).parent / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"

# Of each version of a policy the digest of its figures. Changed figures are a new version: add a line, change none.
FIGURES = {
    "strict-2": "5809d0834f3c",
    "balanced-2": "183af7abba6b",
    "strict-3": "fdd0a90d1fc0",
    "balanced-3": "3ed3b0a4cb6a",
    "strict-4": "7bcf43ca4f89",
    "balanced-4": "3f3a32fbf40a",
}


@pytest.mark.parametrize("policy", [STRICT, BALANCED])
def test_a_changed_figure_is_a_new_version(policy: Policy) -> None:
    figures = json.dumps(asdict(policy), sort_keys=True, default=sorted)
    assert sha256(figures.encode()).hexdigest()[:12] == FIGURES[policy.version]


def test_tiers_and_keys_are_the_words_that_stored_results_hold() -> None:
    assert [str(tier) for tier in Tier] == ["certain", "likely", "conflict", "none", "ignored"]
    assert [str(key) for key in Key] == [
        "tag", "enroll_id", "userid", "open_id", "ms_open_id", "pstn", "app_phone", "phone_hash", "remembered", "name", "human",
    ]  # fmt: skip


def test_every_sentence_key_and_tier_has_a_chinese_text() -> None:
    with CATALOGUE.open("rb") as file:
        chinese = gettext.GNUTranslations(file)
    said = [*SENTENCES.values(), *KEYS.values(), *TIERS.values(), ", "]
    assert [text for text in said if chinese.gettext(text) == text] == []


@pytest.mark.parametrize("column", ["names", "tags", "is_host"])
def test_a_participants_column_of_the_wrong_length_is_named(column: str) -> None:
    columns = {"names": [("张三",)] * 2, column: [("x",)]}
    with pytest.raises(ValueError, match=rf"^Arrivals\.{column} has 1 rows, not 2$"):
        decide(listed("张三"), Arrivals(id=[1, 2], **columns))


def test_an_id_of_the_list_that_occurs_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^People\.id holds 2 ids more than once$"):
        decide(People(id=[1, 1, 2, 2, 3], name=["张三"] * 5), shown("张三"))


def test_a_column_left_out_means_blank_in_every_row() -> None:
    bare = decide(People(id=["p0"], name=["张三"]), Arrivals(id=["a0"], names=[("张三",)]), policy=BALANCED)
    assert bare == decide(listed("张三"), shown("张三"), policy=BALANCED)


def test_the_tables_count_their_rows() -> None:
    assert (len(listed("张三", "李四")), len(arrivals({}, {}, {}))) == (2, 3)


@pytest.mark.parametrize("on", [True, False])
def test_the_garbage_collector_is_left_as_it_was_found(on: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        decide(listed("张三"), shown("张三"))
        assert gc.isenabled() is on
    finally:
        (gc.enable if was else gc.disable)()


def test_every_tier_is_counted_even_where_nobody_is_of_it() -> None:
    assert decide(listed("张三"), shown("张三")).counts == {
        Tier.CERTAIN: 0, Tier.LIKELY: 1, Tier.CONFLICT: 0, Tier.NONE: 0, Tier.IGNORED: 0,
    }  # fmt: skip
