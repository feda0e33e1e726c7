"""Which call works with which credential and scope."""

from collections.abc import Collection
from typing import NamedTuple

from portal.tencent.auth import CredentialKind

# VIEW_MEETING is inferred from its siblings, the other codes are documented.
VIEW = frozenset({"VIEW_MEETING", "MANAGE_MEETING"})
MANAGE = frozenset({"MANAGE_MEETING"})
PROFILE = frozenset({"VIEW_USER_BASIC_INFO", "VIEW_USER_INFO", "MANAGE_USER_INFO"})
ANY: frozenset[str] = frozenset()
KNOWN_SCOPES = VIEW | MANAGE | PROFILE | {"VIEW_VIDEO", "MANAGE_VIDEO"}


class Capability(NamedTuple):
    """One call: where it goes, who says so, and what it takes (any one of `scopes`, under OAuth)."""

    call: str
    endpoint: str
    source: str
    oauth: bool
    key: bool
    scopes: frozenset[str]


YES, NO = True, False

TABLE = (
    Capability("oauth.exchange", "POST /wemeet-webapi/v2/oauth2/oauth/access_token", "51257", YES, NO, ANY),
    Capability("oauth.refresh", "POST /wemeet-webapi/v2/oauth2/oauth/refresh_token", "51257", YES, NO, ANY),
    Capability("oauth.user_info", "POST /wemeet-webapi/v2/oauth2/oauth/user_info", "51257", YES, NO, ANY),
    Capability("directory.basic_info", "GET /v1/users/info/basic", "67432", YES, NO, PROFILE),
    Capability("directory.list_users", "GET /v1/users/list", "43678", NO, YES, ANY),
    Capability("directory.open_ids_to_userids", "POST /v1/users/open-id-to-userid", "82247", NO, YES, ANY),
    Capability("directory.cancel_auth", "PUT /v1/auth-users/cancel-auth", "73364", YES, NO, ANY),
    Capability("meetings.create", "POST /v1/meetings", "42417", YES, YES, MANAGE),
    Capability("meetings.read", "GET /v1/meetings/{id}", "42418", YES, YES, VIEW),
    Capability("meetings.read_by_code", "GET /v1/meetings?meeting_code", "42418", YES, YES, VIEW),
    Capability("meetings.list_upcoming", "GET /v1/meetings", "42421", YES, YES, VIEW),
    Capability("meetings.history", "GET /v1/history/meetings/{userid}", "53805", YES, YES, VIEW),
    Capability("meetings.change", "PUT /v1/meetings/{id}", "42424", YES, YES, MANAGE),
    Capability("meetings.change_occurrence", "PUT /v1/meetings/{id}", "42424", YES, YES, MANAGE),
    Capability("meetings.cancel", "POST /v1/meetings/{id}/cancel", "42422", YES, YES, MANAGE),
    Capability("meetings.dismiss", "POST /v1/meetings/{id}/dismiss", "57955", YES, YES, MANAGE),
    Capability("invitees.read", "GET /v1/meetings/{id}/invitees", "63648", YES, YES, VIEW),
    Capability("invitees.replace", "PUT /v1/meetings/{id}/invitees", "63659", YES, YES, MANAGE),
    Capability("webinars.create", "POST /v1/webinars", "61868", YES, YES, MANAGE),
    Capability("webinars.read", "GET /v1/webinars", "61972", YES, YES, VIEW),
    Capability("webinars.change", "PUT /v1/webinars/{id}", "61964", YES, YES, MANAGE),
    Capability("webinars.cancel", "POST /v1/webinars/{id}/cancel", "61973", YES, YES, MANAGE),
    Capability("enrolment.read_config", "GET /v1/{kind}/{id}/enroll/config", "64009", YES, YES, VIEW),
    Capability("enrolment.write_config", "PUT /v1/{kind}/{id}/enroll/config", "64007", YES, YES, MANAGE),
    Capability("enrolment.approvals", "GET /v1/{kind}/{id}/enroll/approvals", "64011, 62022", YES, YES, VIEW),
    Capability("enrolment.decide", "PUT /v1/{kind}/{id}/enroll/approvals", "64010, 62023", YES, YES, MANAGE),
    Capability(
        "enrolment.import_rows", "POST /v1/{kind}/{id}/enroll/import", "67898, 67920", YES, YES, MANAGE
    ),
    Capability(
        "enrolment.unregister",
        "DELETE /v1/{kind}/{id}/enroll/unregistration",
        "67899, 67921",
        YES,
        YES,
        MANAGE,
    ),
    Capability("enrolment.ids", "POST /v1/{kind}/{id}/enroll/ids", "71935, 71938", YES, YES, VIEW),
    Capability("links.create", "POST /v1/{kind}/customer-short-url", "64850, 95023", NO, YES, ANY),
    Capability("links.list_all", "GET /v1/{kind}/{id}/customer-short-url", "64851, 95024", NO, YES, ANY),
    Capability("guests.read", "GET /v1/guests/{id}, /v1/webinars/guests", "54308, 61994", YES, YES, VIEW),
    Capability(
        "guests.replace", "PUT /v1/guests/{id}, /v1/webinars/{id}/guests", "93438, 61989", YES, YES, MANAGE
    ),
    Capability("participants.page", "GET /v1/meetings/{id}/participants", "42701, 81488", YES, YES, VIEW),
    Capability("participants.ms_open_id", "GET /v1/meetings/{id}/ms-open-id", "74998", YES, YES, PROFILE),
    Capability("pstn.ms_open_ids", "POST /v1/meetings/{id}/phone/ms-open-id", "80578", NO, YES, ANY),
)

CAPABILITIES = {row.call: row for row in TABLE}


def may(call: str, kind: CredentialKind, scopes: Collection[str] = ()) -> bool:
    """Return whether a credential of this kind, with these scopes granted, may make the call.

    Source: 113415 and each call's page. Scopes matter under OAuth only. The newer codes are not all known, so
    a grant without scopes, or with a code unknown to us, is let through: the platform has the last word.
    Raises: KeyError for a call that is not in the table.
    """
    row = CAPABILITIES[call]
    if kind == "key":
        return row.key
    granted = set(scopes)
    unsure = not granted or bool(granted - KNOWN_SCOPES)
    return row.oauth and (unsure or not row.scopes or bool(row.scopes & granted))
