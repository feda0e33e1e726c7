"""Pulls the participant pages of an occurrence into raw visits; a pull that was killed goes on where it stood."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from attendance.bulk import upsert
from attendance.models import Pull, PulledPage, Visit
from meetings.credentials import client_of
from meetings.models import Occurrence
from portal.jobs import queue
from portal.jobs.models import Job
from portal.phones import scrub
from portal.tencent import participants
from portal.tencent.client import Client
from portal.tencent.errors import PlatformError, StuckCursor, TryAgain

CALL = "participants.page"
# The platform lists and counts no more rows than this (42701); such a meeting is read in windows of joining time.
MOST_LISTED = 50_000
# A cursor this old may point anywhere by now: the pull begins again.
STALE = timedelta(minutes=15)
# Live pulls of a large meeting wait longer, so that they take at most a fifth of the 300 calls a minute.
SHORTEST_PAUSE = 20
LONGEST_OVERRUN = timedelta(hours=12)
KEY_BYTES = 8
# Why a pull that ended may lack rows: the window was ignored, or a series is longer than the platform lists.
IGNORED, CUT = "window_ignored", "row_limit"

IDENTITY = ("ms_open_id", "instanceid", "join_type", "join_time", "ordinal")
FACTS = ("left_time", "user_name", "userid", "open_id", "phone_hash", "customer_data", "is_enterprise_user",
         "user_role", "webinar_member_role")  # fmt: skip


def subject(occurrence: Occurrence) -> str:
    """Name the occurrence as the jobs about it do."""
    return f"occurrence:{occurrence.pk}"


def order(occurrence: Occurrence, due_at: datetime | None = None) -> Job:
    """Queue a pull; one that waits already is enough, and may be brought forward."""
    return queue.enqueue(
        "attendance.pull", subject=subject(occurrence), organisation=occurrence.meeting.organisation_id,
        due_at=due_at, occurrence_id=occurrence.pk,
    )  # fmt: skip


def order_soon(occurrence: Occurrence, now: datetime) -> Job:
    """Queue a pull for the live figures, not closer to the last one than its size allows."""
    last = occurrence.pulls.first()
    pause = timedelta(seconds=max(SHORTEST_PAUSE, last.calls)) if last else timedelta()
    return order(occurrence, max(now, last.started_at + pause) if last else now)


def pull(occurrence: Occurrence, job: Job) -> Pull:
    """Read all pages into visits, each page in one transaction with the cursor, and order the matching.

    Repeatable: a pull that finds nothing new writes no visit. Raises: StuckCursor, LostLease, what the platform says.
    """
    client = client_of(occurrence.meeting, CALL)
    reading = _resume_or_begin(occurrence)
    try:
        _read(client, reading, job)
    except TryAgain:
        raise
    except PlatformError as error:
        _end(reading, Pull.State.FAILED, type(error).__name__)
        raise
    return reading


def _resume_or_begin(occurrence: Occurrence) -> Pull:
    now = timezone.now()
    running = occurrence.pulls.filter(state=Pull.State.RUNNING)
    if found := running.filter(started_at__gt=now - STALE).first():
        found.occurrence = occurrence
        return found
    for stale in running:
        _end(stale, Pull.State.FAILED, "stale")
    return Pull.objects.create(occurrence=occurrence, started_at=now)


def _read(client: Client, reading: Pull, job: Job) -> None:
    seen, been, given = _remember(reading)
    while reading.state == Pull.State.RUNNING:
        window, pos = _window(reading), reading.next_pos or participants.BEGINNING
        page = participants.page(
            client, reading.occurrence.meeting.meeting_id, pos=pos,
            sub_meeting_id=reading.occurrence.sub_meeting_id,
            start=window and _moment(window[0] - 1), end=window and _moment(window[1]),
        )  # fmt: skip
        reading.calls += 1
        if _ignores(page, window):
            _begin_anew(reading, IGNORED)
            seen.clear()
            given.clear()
            been = frozenset()
            continue
        if _too_large(reading, page, pos):
            _split(reading)
            continue
        following = participants.after(page, pos=pos, seen=been)
        if page.has_more and not page.rows:
            raise StuckCursor("a page without rows says there is more", call=CALL)
        _store(reading, page, pos, following, seen, given, job)
        been = been | {pos} if following else frozenset()


def _remember(reading: Pull) -> tuple[Counter[bytes], frozenset[str], set[bytes]]:
    """Give the keys of the rows read so far, the cursors used in this window, and the pages as they were given."""
    seen: Counter[bytes] = Counter()
    been, given = set(), set()
    for pos, keys in reading.pages.values_list("pos", "keys"):
        # A window begins at the beginning: cursors of the one before do not count.
        been = {pos} if pos == participants.BEGINNING else been | {pos}
        seen.update(_cut(bytes(keys)))
        given.add(bytes(keys))
    return seen, frozenset(been) if reading.next_pos else frozenset(), given


def _cut(keys: bytes) -> Iterator[bytes]:
    return (keys[place : place + KEY_BYTES] for place in range(0, len(keys), KEY_BYTES))


def _store(
    reading: Pull, page: participants.Page, pos: str, following: str | None, seen: Counter[bytes],
    given: set[bytes], job: Job,
) -> None:  # fmt: skip
    """Write one page, the cursor and the progress in one transaction; the last page also ends the pull.

    Raises: StuckCursor, where a page comes a second time under another cursor; what it hides is not known then.
    """
    rows, refused = _inside(page, _window(reading))
    keys = [_key(_identity(row)) for row in rows]
    whole = b"".join(keys)
    # One row may well equal another; a page of them does not.
    if len(keys) > 1 and whole in given:
        raise StuckCursor("a page was given twice", call=CALL)
    with transaction.atomic():
        reading.changed += _write(reading, rows, keys, seen)
        PulledPage.objects.create(pull=reading, pos=pos, keys=whole)
        seen.update(keys)
        given.add(whole)
        reading.rows += len(rows)
        reading.refused += refused
        reading.total = max(reading.total, page.total or 0, reading.rows)
        reading.next_pos = following or ""
        if not following:
            reading.error_code = reading.error_code or _cut_short(reading)
            reading.windows = reading.windows[1:]
        reading.save()
        queue.progress(job, made=reading.rows, wanted=reading.total, refused=reading.refused)
        if not following and not reading.windows:
            _complete(reading, seen, job)


def _write(reading: Pull, rows: list[participants.ParticipantRow], keys: list[bytes], seen: Counter[bytes]) -> int:
    equals = Counter({key: seen[key] for key in keys})
    values = []
    for row, key in zip(rows, keys, strict=True):
        values.append((reading.occurrence_id, *_identity(row), equals[key], *_facts(row), reading.pk))
        equals[key] += 1
    return upsert(
        Visit, ["occurrence", *IDENTITY, *FACTS, "last_pull"], values, key=["occurrence", *IDENTITY],
        at_insert={"version": 1}, quiet=["last_pull"], counter="version",
    )  # fmt: skip


def _identity(row: participants.ParticipantRow) -> tuple[str, int, int, int]:
    """Give the natural key of a row, apart from its place among equals."""
    joined = _stamp(row.join_time) or 0
    # 42701 promises an ms_open_id; a row without one still must not be taken for somebody else's.
    who = row.ms_open_id or row.uuid or f"?{joined}"
    return who, row.instanceid or 0, 1 if row.join_type is None else row.join_type, joined


def _facts(row: participants.ParticipantRow) -> tuple[object, ...]:
    """Give what may change about a row, cut to what the columns hold; numbers in a name are masked."""
    return (
        _stamp(row.left_time), scrub(row.user_name)[:200], row.userid[:100], row.open_id[:100],
        row.phone_hash[:64], row.customer_data[:300], bool(row.is_enterprise_user), row.user_role or 0,
        row.webinar_member_role or 0,
    )  # fmt: skip


def _key(identity: tuple[str, int, int, int]) -> bytes:
    return hashlib.blake2b("|".join(map(str, identity)).encode(), digest_size=KEY_BYTES).digest()


def _inside(page: participants.Page, window: list[int] | None) -> tuple[list[participants.ParticipantRow], int]:
    """Give the rows of a page that belong to the window, equal ones in a fixed order, and how many tell no time."""
    timed = [row for row in page.rows if row.join_time]
    chosen = [row for row in timed if window is None or window[0] <= (_stamp(row.join_time) or 0) < window[1]]
    chosen.sort(key=lambda row: (_stamp(row.join_time) or 0, row.left_time is None, _stamp(row.left_time) or 0))
    return chosen, len(page.rows) - len(timed)


def _too_large(reading: Pull, page: participants.Page, pos: str) -> bool:
    """Whether the list must be cut by time: the platform lists no more, and the window can still be halved.

    Series cannot: for them the window has no effect (42701). Nor where the platform was seen to ignore it.
    """
    window = _window(reading)
    divisible = window is None or window[1] - window[0] > 1
    single = not reading.occurrence.meeting.recurring and reading.error_code != IGNORED
    return pos == participants.BEGINNING and (page.total or 0) >= MOST_LISTED and single and divisible


def _ignores(page: participants.Page, window: list[int] | None) -> bool:
    """Whether the platform gave rows from far outside the window that was asked for."""
    stamps = [_stamp(row.join_time) or 0 for row in page.rows if row.join_time]
    return window is not None and any(not window[0] - 1 <= stamp <= window[1] for stamp in stamps)


def _begin_anew(reading: Pull, error_code: str) -> None:
    """Forget what was read, so that the list can be read again in one piece without counting rows twice."""
    reading.pages.all().delete()
    reading.rows = reading.refused = 0
    reading.windows, reading.next_pos, reading.error_code = [], "", error_code
    reading.save()


def _split(reading: Pull) -> None:
    """Halve the window that is too large; what was counted in all stays known."""
    opens, closes = _window(reading) or _span(reading.occurrence)
    middle = (opens + closes) // 2
    reading.windows = [[opens, middle], [middle, closes], *reading.windows[1:]]
    reading.save()


def _window(reading: Pull) -> list[int] | None:
    return reading.windows[0] if reading.windows else None


def _span(occurrence: Occurrence) -> tuple[int, int]:
    """Give the stretch in which people can have joined: the plan and the events, and a day around them."""
    starts = [occurrence.start_at, occurrence.started_at or occurrence.start_at]
    ends = [occurrence.end_at, occurrence.ended_at or occurrence.end_at]
    day = timedelta(days=1)
    return int((min(starts) - day).timestamp()), int((max(ends) + day).timestamp())


def _complete(reading: Pull, seen: Counter[bytes], job: Job) -> None:
    """End the pull in the transaction of its last page, and order what follows from it."""
    occurrence = reading.occurrence
    _end(reading, Pull.State.DONE, reading.error_code)
    if reading.is_whole:
        _mark_missing(occurrence, seen)
    if _overruns(occurrence, timezone.now()):
        order(occurrence, timezone.now() + timedelta(seconds=settings.PULL_AGAIN_SECONDS))
    queue.enqueue(
        "attendance.match", subject=subject(occurrence), organisation=occurrence.meeting.organisation_id,
        occurrence_id=occurrence.pk,
    )  # fmt: skip
    queue.finish(job)


def _cut_short(reading: Pull) -> str:
    """Say that a list read in one piece is as long as the platform lists, so that rows may be lacking."""
    return CUT if not reading.windows and reading.rows >= MOST_LISTED else ""


def _overruns(occurrence: Occurrence, now: datetime) -> bool:
    """Whether somebody is still inside after the scheduled end, with no event to tell when they leave."""
    late = occurrence.end_at < now < occurrence.end_at + LONGEST_OVERRUN
    return late and occurrence.ended_at is None and occurrence.visits.filter(left_time=None).exists()


def _end(reading: Pull, state: str, error_code: str = "") -> None:
    reading.state, reading.error_code, reading.ended_at = state, error_code, timezone.now()
    reading.save()
    reading.pages.all().delete()


def _mark_missing(occurrence: Occurrence, seen: Counter[bytes]) -> None:
    """Note on rows the platform gave no more since when; rows stay, for the platform forgets (fact 5)."""
    rows = occurrence.visits.values_list("pk", *IDENTITY, "missing_since").iterator(chunk_size=5000)
    told = ((pk, missing, ordinal < seen[_key(tuple(identity))]) for pk, *identity, ordinal, missing in rows)
    changed = [(pk, here) for pk, missing, here in told if here == (missing is not None)]
    for here in (True, False):
        for piece in _pieces([pk for pk, again in changed if again == here], 500):
            Visit.objects.filter(pk__in=piece).update(missing_since=None if here else timezone.now())


def _pieces(items: list[int], size: int) -> Iterable[list[int]]:
    return (items[place : place + size] for place in range(0, len(items), size))


def _stamp(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def _moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)
