"""The traps of product.md section 3 that are about time, and what came with several windows: one named test each."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.presence import (
    ALLOWANCE,
    MOVE,
    Counting,
    Interval,
    Rule,
    Verdict,
    Visit,
    Window,
    clip,
    gaps,
    length,
    measure,
    openings,
    per_window,
    sessions,
    stays,
    union,
)

HOUR = Interval(1_000, 4_600)
LATER = 10_000
MORNING, AFTERNOON = Window("上午", 1_000, 2_000), Window("下午", 3_000, 5_000)


def seen(*visits: Visit, windows: tuple[Interval, ...] = (HOUR,)) -> object:
    return measure(visits, windows, 1_000, LATER)


def test_earliest_in_and_latest_out_do_not_swallow_the_gaps() -> None:
    there = seen(Visit(1_000, 1_600), Visit(2_000, 2_100), Visit(4_000, 4_600))
    assert (there.seconds, there.gaps, there.longest_gap) == (1_300, 2, 1_900)


def test_devices_are_not_added_up_nor_does_one_hide_the_gap_of_both() -> None:
    there = seen(Visit(1_000, 2_000, "1"), Visit(1_000, 2_500, "4"), Visit(3_000, 4_600, "1"))
    assert (there.seconds, there.gaps, there.longest_gap) == (3_100, 1, 500)


def test_one_device_bridges_the_gap_of_another() -> None:
    there = seen(Visit(1_000, 2_000, "1"), Visit(1_900, 3_100, "4"), Visit(3_000, 4_600, "1"))
    assert (there.gaps, there.longest_gap, there.entries) == (0, 0, 3)


def test_time_before_the_start_is_neither_present_nor_a_gap() -> None:
    there = seen(Visit(100, 300), Visit(700, 900), Visit(1_500, 4_600))
    assert (there.seconds, there.gaps, there.late_by) == (3_100, 0, 500)


@pytest.mark.parametrize("pause", [0, 1, MOVE])
def test_a_move_to_a_breakout_room_is_neither_leaving_nor_counted_twice(pause: int) -> None:
    there = seen(Visit(1_000, 2_000, "1"), Visit(2_000 + pause, 3_000, "1"), Visit(3_000 + pause, 4_600, "1"))
    assert (there.entries, there.gaps, there.left_early) == (1, 0, 0)
    assert 3_600 - 2 * pause <= there.seconds <= 3_600


def test_half_a_minute_is_a_move_and_a_second_more_a_gap() -> None:
    told = [seen(Visit(1_000, 2_000, "1"), Visit(2_000 + pause, 4_600, "1")).gaps for pause in (30, 31)]
    assert told == [0, 1]


def test_breakout_rows_that_lie_inside_the_main_one_count_once() -> None:
    there = seen(Visit(1_000, 4_600, "1"), Visit(2_000, 3_000, "1"), Visit(3_500, 3_600, "1"))
    assert (there.seconds, there.entries, there.devices) == (3_600, 1, 1)


def test_whoever_stays_away_longer_than_a_move_left_and_came_back() -> None:
    there = seen(Visit(1_000, 2_000, "1"), Visit(2_000 + MOVE + 1, 4_600, "1"))
    assert (there.entries, there.gaps, there.longest_gap) == (2, 1, MOVE + 1)


def test_an_attached_row_without_its_owner_stands_for_itself() -> None:
    there = seen(Visit(1_000, 3_000, "0", 4))
    assert (there.seconds, there.entries, there.devices) == (2_000, 1, 1)


def test_the_telephone_of_an_app_user_goes_on_where_the_app_broke_off() -> None:
    there = seen(Visit(1_000, 2_000, "1"), Visit(1_500, 4_600, "0", 4))
    assert (there.seconds, there.entries, there.gaps, there.left_early) == (3_600, 1, 0, 0)


def test_the_break_between_two_windows_is_no_gap() -> None:
    there = seen(Visit(1_000, 2_000), Visit(3_000, 5_000), windows=(MORNING.interval, AFTERNOON.interval))
    assert (there.seconds, there.share, there.gaps) == (3_000, 1.0, 0)


def test_a_gap_across_two_windows_is_one_as_long_as_what_lies_in_them() -> None:
    there = seen(Visit(1_000, 1_800), Visit(3_500, 5_000), windows=(MORNING.interval, AFTERNOON.interval))
    assert (there.gaps, there.longest_gap) == (1, 200 + 500)


def test_each_window_tells_its_own_time() -> None:
    assert per_window([Visit(1_500, 3_200), Visit(3_100, 3_400)], [MORNING, AFTERNOON], LATER) == [500, 400]


def test_overlapping_windows_each_tell_their_own_time_but_count_once() -> None:
    windows = (Window("a", 1_000, 3_000), Window("b", 2_000, 4_000))
    assert per_window([Visit(1_000, 4_000)], windows, LATER) == [2_000, 2_000]
    assert Counting(windows).intervals == (Interval(1_000, 4_000),)


# A meeting scheduled for 100,000; a day before is 86,400 seconds.
SCHEDULED = 100_000


def test_a_rehearsal_on_the_day_before_does_not_open_the_meeting() -> None:
    rehearsal, meeting = Interval(14_000, 18_000), Interval(99_900, 103_600)
    opened = openings([14_000, 99_900], [rehearsal, meeting], SCHEDULED)
    assert opened == ([99_900], (rehearsal,))


def test_a_meeting_that_begins_early_and_goes_on_is_opened_by_its_early_start() -> None:
    assert openings([97_000], [Interval(97_000, 103_000)], SCHEDULED) == ([97_000], ())


def test_ten_minutes_before_the_scheduled_start_open_the_meeting_by_themselves_and_a_second_more_does_not() -> None:
    assert [openings([SCHEDULED - early], [], SCHEDULED)[0] for early in (600, 601)] == [[SCHEDULED - 600], []]


def test_a_company_that_breaks_up_within_the_allowance_holds_the_meeting() -> None:
    early = Interval(97_000, SCHEDULED - ALLOWANCE + 1)
    assert openings([97_000], [early], SCHEDULED) == ([97_000], ())


def test_pauses_of_the_allowance_do_not_break_a_company_up() -> None:
    held = [Interval(97_000, 98_000), Interval(98_000 + ALLOWANCE, 103_000)]
    assert openings([97_000], held, SCHEDULED) == ([97_000], ())
    assert openings([97_000], [held[0], Interval(98_001 + ALLOWANCE, 103_000)], SCHEDULED)[0] == []


def test_a_start_from_the_scheduled_one_on_opens_even_where_no_row_covers_it() -> None:
    assert openings([SCHEDULED - ALLOWANCE, SCHEDULED + 500], [], SCHEDULED) == ([SCHEDULED - ALLOWANCE, SCHEDULED + 500], ())


def test_a_sign_in_is_asked_for_by_the_rule_alone_and_never_makes_up_for_absence() -> None:
    whole, nothing = seen(Visit(1_000, 4_600)), seen()
    asking = Rule(needs_sign_in=True)
    assert [asking.verdict(whole), asking.verdict(whole, True), Rule().verdict(whole)] == [
        Verdict.PARTLY, Verdict.ATTENDED, Verdict.ATTENDED,
    ]  # fmt: skip
    assert asking.verdict(nothing, True) is Verdict.ABSENT


SPANS = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 40)).map(lambda p: Interval(p[0], p[0] + p[1])), max_size=8)


@given(SPANS)
def test_a_union_covers_the_same_seconds_in_pieces_that_do_not_touch(spans: list[Interval]) -> None:
    merged = union(spans)
    covered = {second for start, end in spans for second in range(start, end)}
    assert {second for start, end in merged for second in range(start, end)} == covered
    assert length(merged) == len(covered)
    assert all(one.end < other.start for one, other in pairwise(merged))


@given(SPANS, SPANS)
def test_clipping_gives_what_both_have(spans: list[Interval], windows: list[Interval]) -> None:
    inside = union(clip(union(spans), union(windows)))
    both = {s for a, b in spans for s in range(a, b)} & {s for a, b in windows for s in range(a, b)}
    assert length(inside) == len(both)


@given(SPANS, st.integers(0, 20))
def test_sessions_cover_everybody_and_lie_further_apart_than_the_pause(spans: list[Interval], pause: int) -> None:
    found = sessions(spans, pause)
    assert all(any(s.start <= start and end <= s.end for s in found) for start, end in union(spans))
    assert all(other.start - one.end > pause for one, other in pairwise(found))


@given(SPANS, SPANS.filter(lambda spans: length(union(spans))))
def test_presence_gaps_and_what_is_missing_at_the_ends_add_up_to_the_window(
    spans: list[Interval], windows: list[Interval]
) -> None:
    merged = union(windows)
    stayed = stays([Visit(*span) for span in spans], merged, LATER)
    if not stayed:
        return
    away = sum(length(clip([Interval(a.end, b.start)], merged)) for a, b in pairwise(stayed))
    ends = [Interval(0, stayed[0].start), Interval(stayed[-1].end, 1_000)]
    assert length(stayed) + away + length(clip(ends, merged)) == length(merged)
    assert sum(gaps(stayed, merged)) <= away


@given(st.integers(0, 100), st.integers(0, 3), st.integers(1, 400), st.integers(0, 400))
def test_the_least_seconds_of_a_rule_are_the_border_of_its_verdict(percent: int, minutes: int, window: int, there: int) -> None:
    there = min(there, window)
    rule = Rule(percent / 100, minutes)
    visits, windows = [Visit(0, there)], [Interval(0, window)]
    attended = rule.verdict(measure(visits, windows, 0, LATER)) is Verdict.ATTENDED
    assert attended == (there >= rule.least(window))
