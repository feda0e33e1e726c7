"""Why something did not work, as a sentence in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.errors import MeetingError
from portal.accounts.credentials import NoCredential
from portal.jobs.words import explain
from portal.tencent.errors import NotAllowed, OverBudget, PlatformError, Refused, TryAgain

OURS = {
    "changed_meanwhile": gettext_lazy(
        "Changed by %(by)s meanwhile. Look at what holds now and send your change again; nothing was lost."
    ),
    "not_on_platform": gettext_lazy("Tencent Meeting does not have this meeting yet."),
    "not_planned": gettext_lazy("Only a planned meeting can be changed."),
    "occurrence_over": gettext_lazy("This occurrence is over, running or cancelled."),
    "already_here": gettext_lazy("“%(subject)s” is here already."),
    "another_meeting": gettext_lazy(
        "This code belongs to “%(subject)s”. Subject and start must be those of this meeting."
    ),
    "confirmed_meanwhile": gettext_lazy("The meeting was confirmed meanwhile; nothing was created."),
    "odd_times": gettext_lazy("Tencent Meeting gives no usable times for this meeting."),
    "legal_hold": gettext_lazy("The organisation is under a legal hold: nothing may be deleted."),
}
REASONS = {
    "forbidden_word": gettext_lazy("Tencent Meeting does not accept a word in the subject."),
    "bad_parameter": gettext_lazy("Tencent Meeting does not accept one of the values."),
    "too_many_meetings": gettext_lazy("Tencent Meeting's limit of meetings is reached."),
    "monthly_quota": gettext_lazy("The enterprise's monthly limit of new meetings is reached."),
    "meeting_started": gettext_lazy("The meeting has begun; it cannot be changed or cancelled any more."),
    "meeting_ended": gettext_lazy("The meeting is over; it cannot be changed or cancelled any more."),
    "already_cancelled": gettext_lazy("The meeting was cancelled already."),
    "enrolment_off": gettext_lazy("Enrolment is switched off for this meeting on Tencent Meeting."),
    "unregistered_user": gettext_lazy("Tencent Meeting does not know the user this is done for."),
    "room_busy": gettext_lazy("A meeting room is busy at the new time."),
    "scope": gettext_lazy("The connection does not include this permission: sign in again and allow it."),
    "role": gettext_lazy("Only the creator of the meeting may do this."),
    "credential_kind": gettext_lazy("Tencent Meeting allows this with the enterprise credential only."),
}
# Where on a form a refusal belongs.
FIELDS = {"subject": "subject", "start_time": "start", "end_time": "end", "password": "password"}

Failure = PlatformError | NoCredential | MeetingError
# What a page catches around a noun that calls the platform.
FAILURES = (PlatformError, NoCredential, MeetingError)


def say(error: Failure) -> str:
    """Give the sentence for whatever a noun of this floor raises."""
    if isinstance(error, NoCredential):
        return error.sentence
    if isinstance(error, MeetingError):
        facts = {name: value or _("Tencent Meeting") for name, value in error.facts.items()}
        return str(OURS[error.code]) % facts
    if isinstance(error, OverBudget):
        return _("Tencent Meeting takes no more calls at the moment. Please try again later.")
    if isinstance(error, TryAgain):
        return _("Tencent Meeting is busy or did not answer. Look whether it happened, then try again.")
    reason = REASONS.get(error.reason) if isinstance(error, Refused | NotAllowed) else None
    if reason is None:
        return explain(type(error).__name__, {"error_code": error.error_code})
    return f"{reason} ({error.error_code})" if error.error_code else str(reason)


def place(error: Failure) -> str | None:
    """Give the form field a refusal speaks of, None for the whole form."""
    return FIELDS.get(error.field) if isinstance(error, Refused) else None
