"""Measures are computed right on cases small enough to count by hand."""

import pytest

from attendance.bench import goals, measures
from attendance.bench.answers import Answer
from attendance.bench.matching import Figures, median
from attendance.bench.measures import Quality
from attendance.bench.rooms import START, Truth, Visit

LISTED = [Truth((0,)), Truth((1, 7)), Truth((2,)), Truth((3,))]
STRANGER, TWO = Truth(()), Truth((4, 5), shared=True)


def answer(tier: str, row: int | None, score: float = 1.0) -> Answer:
    return Answer(tier, row, score)


def test_precision_and_recall_count_automatic_decisions_only() -> None:
    truth = [*LISTED, STRANGER]
    answers = [answer("certain", 0), answer("certain", 7), answer("likely", 2), answer("none", None), answer("certain", 3)]
    found = measures.quality(truth, answers)
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == pytest.approx(2 / 4)
    assert found.f1 == pytest.approx(2 * (2 / 3) * 0.5 / (2 / 3 + 0.5))


def test_deciding_nothing_is_precise_and_finds_nothing() -> None:
    found = measures.quality(LISTED, [answer("none", None)] * 4)
    assert (found.precision, found.recall, found.f1) == (1.0, 0.0, 0.0)


def test_two_before_one_device_are_never_found_and_deciding_them_is_wrong() -> None:
    found = measures.quality([LISTED[0], TWO], [answer("certain", 0), answer("certain", 4)])
    assert (found.precision, found.recall) == (0.5, 1.0)
    assert measures.quality([TWO], [answer("likely", 5)]).first == 1.0


def test_review_is_a_share_of_all_and_first_candidates_count_where_somebody_is_meant() -> None:
    truth = [*LISTED, STRANGER]
    answers = [answer("likely", 0), answer("conflict", 2), answer("likely", None), answer("certain", 3), answer("likely", 1)]
    found = measures.quality(truth, answers)
    assert found.review == pytest.approx(4 / 5)
    assert found.first == pytest.approx(1 / 3)


def test_calibration_is_what_was_claimed_against_what_came_true() -> None:
    truth = [Truth((0,))] * 4
    honest = [answer("likely", 0, 0.75), answer("likely", 0, 0.75), answer("likely", 0, 0.75), answer("likely", 9, 0.75)]
    assert measures.quality(truth, honest).calibration == pytest.approx(0.0)
    bold = [answer("certain", 9, 1.0), answer("certain", 0, 1.0), answer("likely", 0, 0.45), answer("none", None, 0.9)]
    assert measures.quality(truth, bold).calibration == pytest.approx((abs(2 - 1) + abs(0.45 - 1)) / 3)


def test_a_peer_gets_the_threshold_the_truth_likes_best() -> None:
    truth = [*LISTED, STRANGER]
    answers = [answer("certain", 0, 0.9), answer("certain", 1, 0.8), answer("certain", 9, 0.5), answer("none", None, 0.0),
               answer("certain", 3, 0.4)]  # fmt: skip
    assert [one.tier for one in measures.tuned(truth, answers)] == ["certain", "certain", "none", "none", "none"]
    worse = [answer("certain", 9, 0.95), *answers[1:]]
    assert {one.tier for one in measures.tuned(truth, worse, sure=0.995)} == {"none"}


def test_equal_scores_are_decided_together() -> None:
    answers = [answer("certain", 0, 0.9), answer("certain", 9, 0.9)]
    assert {one.tier for one in measures.tuned(LISTED[:2], answers, sure=0.995)} == {"none"}


def test_minutes_are_off_where_a_device_was_not_found() -> None:
    visits = [Visit("phone", "", START, START + 600), Visit("laptop", "", START + 600, START + 1800),
              Visit("other", "", START, START + 60)]  # fmt: skip
    assert measures.minutes_off(visits, {"phone": 0, "laptop": 0}, {0: 1800}) == 0.0
    assert measures.minutes_off(visits, {"phone": 0}, {0: 1800}) == 20.0
    assert measures.minutes_off(visits, {"phone": 0, "laptop": 0, "other": 1}, {0: 1800, 1: 120}) == 0.5


def figures(recall: float = 0.95, *, f1: float = 0.97, cpu: float = 1.0, precision: float = 1.0) -> Figures:
    return Figures(Quality(precision, recall, f1, 0.1, 0.95, 0.01), recall, cpu, cpu, 0.0, 0.5, 100)


def test_medians_are_taken_figure_by_figure() -> None:
    found = median([figures(0.9, cpu=3), figures(0.95, cpu=1), figures(0.99, cpu=2)])
    assert (found.quality.recall, found.cpu) == (0.95, 2)


def test_the_last_lines_name_what_was_met_and_what_was_missed() -> None:
    medians = {"balanced": figures(0.91), "strict": figures(precision=0.998), "floor": figures(f1=0.6, cpu=0.3),
               "DuckDB": figures(f1=0.98)}  # fmt: skip
    told = goals.summary(goals.judge("mixed", 10_000, 0.12, medians))
    met, missed = told.split("Missed: ")
    assert "precision 1.0000" in met and "CPU time 3.3 x the floor" in met and "peak 100 MB" in met
    assert "recall 0.910 (>= 0.92)" in missed and "strict precision 0.9980" in missed
    assert "but for DuckDB" in missed and "floor," not in missed


def test_a_figure_to_reach_belongs_to_its_room() -> None:
    told = goals.summary(goals.judge("links", 1_000, 0.3, {"balanced": figures(0.5)}))
    assert "recall" not in told and "calibration" not in told
    assert told.endswith("Missed: none.")
