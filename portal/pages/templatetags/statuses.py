"""How each state looks: tone, icon and word, in one table, so that it looks the same on every page."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Look(NamedTuple):
    """The tone names a `rc-tone-*` class, the icon a vendored drawing; the label is what the reader sees."""

    tone: str
    icon: str
    label: str | Promise


STATUSES: dict[str, Look] = {
    # expected people: these four add up to the list
    "expected": Look("accent", "people", _("Expected")),
    "attended": Look("good", "check-circle-fill", _("Attended")),
    "partly": Look("part", "circle-half", _("Partly")),
    "absent": Look("bad", "x-circle", _("Absent")),
    "undecided": Look("mute", "question-circle", _("Undecided")),
    "link_opened": Look("mute", "envelope-open", _("Link opened")),
    # what the list says of somebody
    "vip": Look("part", "stars", _("VIP")),
    "staff": Look("mute", "building", _("Own staff")),
    "barred": Look("bad", "slash-circle", _("Barred")),
    # participants
    "participants": Look("accent", "people", _("Participants")),
    "matched": Look("good", "person-check", _("Matched")),
    "walk_in": Look("walk", "person-plus", _("Walk-in")),
    "review": Look("look", "eye", _("To review")),
    "ignored": Look("mute", "person-dash", _("Ignored")),
    "further": Look("mute", "phone", _("Further device")),
    # tiers of a match
    "certain": Look("good", "shield-check", _("Certain")),
    "likely": Look("look", "eye", _("Likely")),
    "conflict": Look("clash", "exclamation-triangle-fill", _("Conflict")),
    "none": Look("walk", "person-plus", _("No match")),
    # meetings
    "planned": Look("accent", "calendar-event", _("Planned")),
    "running": Look("good", "broadcast", _("Running")),
    "settling": Look("part", "hourglass-split", _("Settling")),
    "final": Look("mute", "lock", _("Final")),
    "cancelled": Look("mute", "slash-circle", _("Cancelled")),
    "lost": Look("bad", "plug", _("Lost")),
    "over": Look("mute", "clock-history", _("Over")),
    "disconnected": Look("bad", "plug", _("No longer connected")),
    "unconfirmed": Look("part", "question-circle", _("Unconfirmed")),
    "draft": Look("mute", "pencil", _("Being created")),
    # what the figures of a version are worth
    "live": Look("good", "broadcast", _("Live")),
    "proposed": Look("part", "hourglass-split", _("Proposed")),
    "former": Look("mute", "clock-history", _("Former version")),
    # work in the background
    "waiting": Look("mute", "clock", _("Waiting")),
    "done": Look("good", "check-circle", _("Done")),
    "failed": Look("bad", "exclamation-octagon", _("Failed")),
    "stopped": Look("mute", "slash-circle", _("Stopped")),
    "refused": Look("bad", "slash-circle", _("Refused")),
    # uploads, imports, links, registrants
    "confirmed": Look("good", "check-circle", _("Confirmed")),
    "discarded": Look("mute", "slash-circle", _("Discarded")),
    "not_yet": Look("mute", "circle", _("Not imported")),
    "dropped": Look("bad", "exclamation-octagon", _("Dropped by the platform")),
    "unknown_user": Look("part", "question-circle", _("Account unknown")),
    "wanted": Look("mute", "clock", _("Being made")),
    "asked": Look("part", "hourglass-split", _("Asked for")),
    "stale": Look("part", "arrow-repeat", _("Imported again")),
    "made": Look("good", "link-45deg", _("Made")),
    "pending": Look("part", "hourglass-split", _("Waiting for approval")),
    "approved": Look("good", "check-circle", _("Approved")),
    "rejected": Look("bad", "x-circle", _("Rejected")),
    "sent": Look("look", "send", _("Sent")),
    "unused": Look("mute", "circle", _("Not opened")),
    # what a human said
    "confirm": Look("good", "person-check", _("Confirmed")),
    "reject": Look("bad", "person-dash", _("Not this person")),
    "assign": Look("good", "person-plus", _("Assigned")),
    "ignore": Look("mute", "person-dash", _("Ignored")),
    "together": Look("good", "people", _("Together on one device")),
    "same": Look("mute", "phone", _("Further device of")),
    "split": Look("look", "clock-history", _("Visits split")),
    "asked_back": Look("part", "hourglass-split", _("To be taken back")),
    # what is possible with the credentials at hand
    "green": Look("good", "check-circle-fill", _("Possible")),
    "amber": Look("part", "circle-half", _("With limits")),
    "red": Look("bad", "x-circle", _("Not possible yet")),
    # what a key said about two rows
    "agreed": Look("good", "check-lg", _("agrees")),
    "disagreed": Look("bad", "x-lg", _("disagrees")),
    "missing": Look("mute", "dash-lg", _("missing")),
    "rival": Look("look", "people", _("rival")),
}

ALERTS: dict[str, Look] = {
    "info": Look("look", "info-circle", _("Note")),
    "success": Look("good", "check-circle", _("Done")),
    "warning": Look("part", "exclamation-triangle", _("Attention")),
    "error": Look("bad", "exclamation-octagon", _("Error")),
    "conflict": Look("clash", "exclamation-triangle-fill", _("Conflict")),
}
