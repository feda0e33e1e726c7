"""Changing what counts: rules, counting windows, sign-ins; each with version check, audit entry and a new matching."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.utils import timezone

from attendance import presence, review, rules
from attendance.models import AttendanceRule, CountingWindows, SignIn
from meetings.errors import Clash
from meetings.models import ExpectedPerson, Meeting, Occurrence
from portal.accounts.models import Organisation, User
from portal.audit import chain
from portal.jobs import queue

Version = TypeVar("Version", AttendanceRule, CountingWindows)

VALUES = ("follows", "min_percent", "min_minutes", "needs_sign_in")


def change_rule(meeting: Meeting, wanted: Mapping[str, object], *, seen: int, by: User) -> bool:
    """Give a meeting a new version of its rule, and match what is not final anew; false where it is so already.

    `seen` is the number the form was opened with, 0 for none.
    Raises: Clash, where somebody changed it meanwhile.
    """
    with transaction.atomic():
        latest = _as_seen(rules.latest_of(meeting), seen)
        if latest and _same(latest, wanted):
            return False
        row = AttendanceRule(organisation_id=meeting.organisation_id, meeting=meeting, number=seen + 1, by=by, **wanted)
        _add(row, rules.versions_of(meeting))
        _record("rule.change", meeting.organisation_id, meeting, by, wanted | {"version": row.version})
        for occurrence in unfinished(Occurrence.objects.filter(meeting=meeting)):
            review.order_match(occurrence)
    return True


def change_default(organisation: Organisation, wanted: Mapping[str, object], *, seen: int, by: User) -> bool:
    """Give an organisation a new version of its rule; results of meetings without their own follow by a job.

    Raises: Clash, where somebody changed it meanwhile.
    """
    with transaction.atomic():
        latest = _as_seen(rules.latest_default(organisation), seen)
        if latest and _same(latest, wanted):
            return False
        row = AttendanceRule(organisation=organisation, number=seen + 1, by=by, **wanted)
        _add(row, rules.default_versions(organisation))
        _record("rule.default", organisation.pk, organisation, by, wanted | {"version": row.version})
        queue.enqueue(
            "attendance.apply_rule", subject=f"organisation:{organisation.pk}", organisation=organisation.pk,
            organisation_id=organisation.pk,
        )  # fmt: skip
    return True


def following(organisation: Organisation) -> QuerySet[Occurrence]:
    """Give the occurrences whose results the organisation's rule decides: not final, of meetings without their own."""
    newest = AttendanceRule.objects.filter(meeting=models.OuterRef("pk")).order_by("-number")
    ours = Meeting.objects.filter(organisation=organisation).order_by()
    ours = ours.annotate(follows=models.Subquery(newest.values("follows")[:1]))
    follow = ours.filter(models.Q(follows=None) | models.Q(follows=True))
    return unfinished(Occurrence.objects.filter(meeting__in=follow.values("pk")))


def unfinished(occurrences: QuerySet[Occurrence]) -> QuerySet[Occurrence]:
    """Narrow occurrences to those with results that are not final."""
    open_ones = occurrences.exclude(state=Occurrence.State.FINAL).filter(runs__current=True)
    return open_ones.select_related("meeting")


def set_windows(occurrence: Occurrence, windows: Sequence[presence.Window], *, seen: int, by: User) -> bool:
    """Count in these windows only, and match anew; none lets the window be found by itself. False where it is so already.

    Raises: Clash, where somebody changed them meanwhile.
    """
    with transaction.atomic():
        latest = _as_seen(latest_windows(occurrence), seen)
        told = [list(window) for window in windows]
        if told == (latest.windows if latest else []):
            return False
        row = CountingWindows(occurrence=occurrence, number=seen + 1, windows=told, by=by)
        _add(row, CountingWindows.objects.filter(occurrence=occurrence).select_related("by"))
        detail = {"occurrence": occurrence.pk, "windows": told, "version": row.number}
        _record("windows.change", occurrence.meeting.organisation_id, occurrence.meeting, by, detail)
        review.order_match(occurrence)
    review.match_now(occurrence, timezone.now())
    return True


def latest_windows(occurrence: Occurrence) -> CountingWindows | None:
    """Give the newest version of an occurrence's windows; one without windows says that they are found by themselves."""
    return CountingWindows.objects.filter(occurrence=occurrence).select_related("by").first()


def sign_in(occurrence: Occurrence, person: ExpectedPerson, *, by: User) -> bool:
    """Note that somebody signed in; false where they had."""
    with transaction.atomic():
        _row, new = SignIn.objects.get_or_create(
            occurrence=occurrence, person=person, undone_at=None, defaults={"by": by}
        )
        if new:
            _note_sign_in("sign_in.add", occurrence, person, by)
    return new


def undo_sign_in(occurrence: Occurrence, person: ExpectedPerson, *, by: User) -> bool:
    """Take a sign-in back; false where there is none."""
    with transaction.atomic():
        standing = SignIn.objects.standing().filter(occurrence=occurrence, person=person)
        gone = standing.update(undone_at=timezone.now(), undone_by=by)
        if gone:
            _note_sign_in("sign_in.undo", occurrence, person, by)
    return bool(gone)


def _note_sign_in(action: str, occurrence: Occurrence, person: ExpectedPerson, by: User) -> None:
    detail = {"occurrence": occurrence.pk, "person": person.pk}
    _record(action, occurrence.meeting.organisation_id, occurrence.meeting, by, detail)
    review.order_match(occurrence)


def _as_seen(latest: Version | None, seen: int) -> Version | None:
    if latest and latest.number != seen:
        raise Clash(latest.by)
    return latest


def _same(latest: AttendanceRule, wanted: Mapping[str, object]) -> bool:
    return {name: getattr(latest, name) for name in VALUES} == {name: wanted.get(name, False) for name in VALUES}


def _add(row: AttendanceRule | CountingWindows, versions: QuerySet) -> None:
    """Write the next version; whoever comes second with the same number saw an old state."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Clash(versions[0].by) from error


def _record(action: str, organisation: object, subject: object, by: User, detail: Mapping[str, object]) -> None:
    chain.record(action, actor=by, organisation=organisation, subject=subject, **detail)
