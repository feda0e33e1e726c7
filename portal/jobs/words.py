"""What the codes of ended or waiting jobs mean, in the reader's language."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

REASONS = {
    "worker_lost": _("The work stopped several times in the middle and was parked. Start it again, or tell support."),
    "defect": _("Something went wrong on our side. It was logged; start it again, or tell support."),
    "TryAgain": _("Tencent Meeting is busy or did not answer. It is tried again by itself."),
    "OverBudget": _("Tencent Meeting takes so many calls a minute and no more. It goes on by itself when there is room."),
    "AnswerLost": _("Tencent Meeting's answer was lost. We look whether it happened before trying again."),
    "StuckCursor": _("Tencent Meeting's pages stopped moving on. It is tried again with the next pull."),
    "GrantGone": _("The connection to Tencent Meeting ended. Sign in again to connect it."),
    "NotAllowed": _("Tencent Meeting does not allow this with the credential at hand."),
    "Refused": _("Tencent Meeting refused the request."),
    "NotThere": _("Tencent Meeting does not know this meeting (any more)."),
    "import_quota": _("Tencent Meeting takes no more imported people for this meeting. Its sales can raise the limit."),
    "no_credential": _("No credential at hand may do this for this meeting."),
}


def explain(code: str, detail: dict | None = None) -> str:
    """Give the sentence for a job's error code, with the platform's own number where there is one."""
    if not code:
        return ""
    sentence = str(REASONS.get(code) or gettext("It stopped for a reason without a name: %(code)s.") % {"code": code})
    number = (detail or {}).get("error_code")
    return f"{sentence} ({number})" if number else sentence
