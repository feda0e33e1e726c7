"""Presence is the union of stays inside the window: never more, never less."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.presence import Interval, Presence, Rule, Verdict, Visit, measure, stays, union, window

HOUR = Interval(1_000, 4_600)
LATER = 10_000


def seen(*visits: Visit, windows: tuple[Interval, ...] = (HOUR,), now: int = LATER) -> Presence:
    """Measure visits against one hour that began as scheduled."""
    return measure(visits, windows, 1_000, now)


def test_a_gap_is_not_swallowed_between_first_join_and_last_leave() -> None:
    there = seen(Visit(1_000, 1_600), Visit(4_000, 4_600))
    assert (there.seconds, there.first_join, there.last_leave, there.entries) == (1_200, 1_000, 4_600, 2)


def test_two_devices_at_once_count_once() -> None:
    there = seen(Visit(1_000, 3_000, "phone"), Visit(2_000, 4_000, "pc"))
    assert (there.seconds, there.devices, there.entries) == (3_000, 2, 2)


def test_time_before_the_start_does_not_count() -> None:
    there = seen(Visit(100, 1_500))
    assert (there.seconds, there.first_join, there.late_by) == (500, 100, 0)


def test_somebody_who_only_came_before_the_start_was_absent() -> None:
    there = seen(Visit(100, 1_000))
    assert there == Presence(0, 0.0, None, None, 0, 0, 0, 0, False)
    assert Rule().verdict(there) is Verdict.ABSENT


def test_a_try_before_the_start_does_not_hide_a_late_arrival() -> None:
    assert seen(Visit(100, 900), Visit(1_700, 4_600)).late_by == 700


def test_time_after_the_end_does_not_count() -> None:
    assert seen(Visit(4_000, 9_000)).seconds == 600


def test_late_by_counts_from_the_scheduled_start_not_from_the_opening() -> None:
    assert measure([Visit(1_500, 2_000)], [Interval(1_400, 4_600)], 1_000, LATER).late_by == 500


def test_leaving_early_counts_from_the_end_of_the_window() -> None:
    assert seen(Visit(1_000, 4_000)).left_early == 600


def test_while_the_meeting_lasts_leaving_early_counts_from_now() -> None:
    assert seen(Visit(1_000, 2_000), now=2_100).left_early == 100


def test_an_open_visit_counts_up_to_now_and_is_marked() -> None:
    there = seen(Visit(1_000, None), now=1_900)
    assert (there.seconds, there.open, there.last_leave, there.left_early) == (900, True, None, 0)


def test_an_open_visit_ends_with_the_window() -> None:
    assert seen(Visit(1_000, None)).seconds == 3_600


@pytest.mark.parametrize("join_type", [2, 4, 5])
def test_attached_rows_add_time_but_no_device_and_no_entry(join_type: int) -> None:
    there = seen(Visit(1_000, 2_000, "pc"), Visit(1_500, 2_500, "telephone", join_type))
    assert (there.seconds, there.devices, there.entries) == (1_500, 1, 1)


@pytest.mark.parametrize("join_type", [0, 1, 3, 6])
def test_rows_of_their_own_are_devices_and_entries(join_type: int) -> None:
    there = seen(Visit(1_000, 2_000, "pc"), Visit(1_500, 2_500, "other", join_type))
    assert (there.devices, there.entries) == (2, 2)


def test_several_windows_leave_the_break_out() -> None:
    there = seen(Visit(1_000, 4_000), windows=(Interval(1_000, 2_000), Interval(3_000, 5_000)))
    assert (there.seconds, there.share) == (2_000, 2_000 / 3_000)


def test_overlapping_windows_count_once() -> None:
    there = seen(Visit(1_000, 4_000), windows=(Interval(1_000, 3_000), Interval(2_000, 4_000)))
    assert (there.seconds, there.share) == (3_000, 1.0)


def test_a_visit_that_ends_before_it_begins_has_no_length() -> None:
    there = seen(Visit(2_000, 1_500))
    assert (there.seconds, there.entries, there.last_leave) == (0, 1, 2_000)


def test_the_window_runs_from_the_first_start_to_the_last_end_of_a_reopened_meeting() -> None:
    opened = window(starts=[90, 400], scheduled_start=100, ends=[500, 300], scheduled_end=450, last_leave=700)
    assert opened == Interval(90, 500)


def test_without_events_the_window_is_the_schedule() -> None:
    assert window(
        starts=[], scheduled_start=100, ends=[], scheduled_end=450, last_leave=None
    ) == Interval(100, 450)


def test_without_an_end_event_a_later_last_leave_closes_the_window() -> None:
    assert window(starts=[90], scheduled_start=100, ends=[], scheduled_end=450, last_leave=700).end == 700


def test_an_end_before_the_start_is_no_end() -> None:
    opened = window(starts=[400], scheduled_start=100, ends=[300], scheduled_end=450, last_leave=None)
    assert opened.end == 450


def test_the_window_never_ends_before_it_starts() -> None:
    assert window(
        starts=[900], scheduled_start=100, ends=[], scheduled_end=450, last_leave=None
    ) == Interval(900, 900)


@pytest.mark.parametrize(
    ("leave", "verdict"),
    [(3_880, Verdict.ATTENDED), (3_879, Verdict.PARTLY), (1_000, Verdict.PARTLY)],
)
def test_eighty_per_cent_and_forty_minutes_are_both_needed(leave: int, verdict: Verdict) -> None:
    assert Rule(min_share=0.8, min_minutes=40).verdict(seen(Visit(1_000, leave))) is verdict


def test_enough_share_of_a_short_window_does_not_make_up_for_minutes() -> None:
    there = seen(Visit(1_000, 2_000), windows=(Interval(1_000, 2_000),))
    assert Rule(min_share=0.8, min_minutes=40).verdict(there) is Verdict.PARTLY


def test_half_the_window_is_attended_by_default() -> None:
    assert [Rule().verdict(seen(Visit(1_000, leave))) for leave in (2_800, 2_799)] == [
        Verdict.ATTENDED,
        Verdict.PARTLY,
    ]


MOMENT = st.integers(0, 60)
VISITS = st.lists(
    st.builds(
        Visit,
        MOMENT,
        st.none() | MOMENT,
        st.sampled_from(["pc", "phone", "pad"]),
        st.sampled_from([0, 1, 2, 4]),
    ),
    max_size=8,
)
WINDOWS = st.lists(
    st.tuples(MOMENT, st.integers(1, 30)).map(lambda pair: Interval(pair[0], pair[0] + pair[1])),
    min_size=1,
    max_size=3,
)


def present(second: int, visits: list[Visit], windows: list[Interval], now: int) -> bool:
    """Tell in the plainest way whether a second counts."""
    inside = any(start <= second < end for start, end in windows)
    return inside and any(v.join <= second < (now if v.leave is None else v.leave) for v in visits)


@given(VISITS, WINDOWS, MOMENT)
def test_seconds_equal_the_count_of_seconds_one_by_one(
    visits: list[Visit], windows: list[Interval], now: int
) -> None:
    truth = sum(present(second, visits, windows, now) for second in range(100))
    there = measure(visits, windows, 0, now)
    window_length = sum(any(start <= s < end for start, end in windows) for s in range(100))
    assert (there.seconds, there.share) == (truth, truth / window_length)


@given(VISITS, WINDOWS, MOMENT, st.randoms(use_true_random=False))
def test_the_order_of_visits_and_windows_plays_no_part(
    visits: list[Visit], windows: list[Interval], now: int, random: object
) -> None:
    shuffled, turned = list(visits), list(windows)
    random.shuffle(shuffled)
    random.shuffle(turned)
    assert measure(shuffled, turned, 5, now) == measure(visits, windows, 5, now)


@given(VISITS, WINDOWS, MOMENT)
def test_the_timeline_is_sorted_apart_and_adds_up(
    visits: list[Visit], windows: list[Interval], now: int
) -> None:
    drawn = stays(visits, windows, now)
    assert all(one.end < other.start for one, other in pairwise(drawn))
    assert sum(end - start for start, end in drawn) == measure(visits, windows, 0, now).seconds


def test_touching_intervals_become_one() -> None:
    assert union([Interval(5, 9), Interval(1, 5), Interval(12, 12)]) == (Interval(1, 9),)
