"""Which call works with which credential, scope, plan and person: one row a call, and the only place that says so."""

from collections.abc import Collection
from typing import Literal, NamedTuple

from portal.tencent.auth import CredentialKind

Budget = Literal["calls", "account"]
Reason = Literal["", "keys_only", "oauth_only", "scope", "plan"]

# VIEW_MEETING is inferred from its siblings, the other codes are documented.
VIEW = frozenset({"VIEW_MEETING", "MANAGE_MEETING"})
MANAGE = frozenset({"MANAGE_MEETING"})
PROFILE = frozenset({"VIEW_USER_BASIC_INFO", "VIEW_USER_INFO", "MANAGE_USER_INFO"})
ANY: frozenset[str] = frozenset()
KNOWN_SCOPES = VIEW | MANAGE | PROFILE | {"VIEW_VIDEO", "MANAGE_VIDEO"}

# Who must act; a co-host counts as host.
EVERYBODY: frozenset[str] = frozenset()
CREATOR = frozenset({"creator"})
OWNERS = CREATOR | {"administrator"}
HOSTS = CREATOR | {"host"}


class Need(NamedTuple):
    """What a call needs of the plan; `documented` is false where we infer it."""

    code: str
    source: str
    documented: bool = True


PAID = Need("paid", "42417, 93438")
PAID_FOR_KEYS = Need("paid", "84320")
WEBINAR = Need("webinar", "61868", documented=False)
TELEPHONE = Need("telephone", "80576")
# Older plans of enterprises and schools with fewer than ten virtual rooms make and change nothing through the API.
ROOMS = Need("rooms", "105276")
PHONES = Need("phones", "84043")


class Plan(NamedTuple):
    """What is known of an account's plan: None is unknown, and what is unknown forbids nothing."""

    paid: bool | None = None
    webinar: bool | None = None
    rooms: bool | None = None

    def has(self, need: Need) -> bool | None:
        """Return whether the plan has what is needed, None where nobody told."""
        return getattr(self, need.code, None)


UNKNOWN = Plan()


class Capability(NamedTuple):
    """One call: where it goes, who says so, and what it takes.

    `scopes`: any one of them, under OAuth. `who`: any one of these people, as documented or as its siblings have it.
    `of_meeting`: it is about a meeting, which under OAuth must have been made through the same app.
    `repeated`: the client tries again by itself.
    `keys_say_more`: with the enterprise credential the answer holds userids, and phone hashes we can compute.
    """

    call: str
    endpoint: str
    source: str
    oauth: bool
    key: bool
    scopes: frozenset[str] = ANY
    who: frozenset[str] = EVERYBODY
    needs: tuple[Need, ...] = ()
    of_meeting: bool = False
    repeated: bool = True
    keys_say_more: bool = False

    @property
    def budget(self) -> Budget:
        """Which budget of calls a minute it takes from (105276): account-level lists have a smaller one of their own."""
        return "account" if "/v1/corp/" in self.endpoint else "calls"


YES, NO = True, False


def _grant(
    call: str, endpoint: str, source: str, scopes: frozenset[str] = ANY, *, repeated: bool = YES
) -> Capability:
    return Capability(call, endpoint, source, YES, NO, scopes, repeated=repeated)


def _keys(
    call: str, endpoint: str, source: str, who: frozenset[str] = EVERYBODY, needs: tuple[Need, ...] = (), *,
    repeated: bool = YES,
) -> Capability:  # fmt: skip
    # Of the calls that refuse OAuth, those about a meeting are those that say who may make them.
    return Capability(call, endpoint, source, NO, YES, ANY, who, needs, of_meeting=bool(who), repeated=repeated)


def _both(
    call: str, endpoint: str, source: str, scopes: frozenset[str], needs: tuple[Need, ...] = (), *, repeated: bool = YES
) -> Capability:
    return Capability(call, endpoint, source, YES, YES, scopes, needs=needs, repeated=repeated)


def _ours(
    call: str, endpoint: str, source: str, scopes: frozenset[str], who: frozenset[str], needs: tuple[Need, ...] = (), *,
    repeated: bool = YES, keys_say_more: bool = NO,
) -> Capability:  # fmt: skip
    more = {"repeated": repeated, "keys_say_more": keys_say_more}
    return Capability(call, endpoint, source, YES, YES, scopes, who, needs, of_meeting=True, **more)


_OAUTH = "POST /wemeet-webapi/v2/oauth2/oauth"
_CONTROL = "PUT /v1/real-control/meetings/{id}"
_ENROL = "/v1/{kind}/{id}/enroll"

TABLE = (
    _grant("oauth.exchange", f"{_OAUTH}/access_token", "51257", repeated=NO),
    _grant("oauth.refresh", f"{_OAUTH}/refresh_token", "51257", repeated=NO),
    _grant("oauth.user_info", f"{_OAUTH}/user_info", "51257", repeated=NO),
    _grant("directory.basic_info", "GET /v1/users/info/basic", "67432", PROFILE),
    _grant("directory.cancel_auth", "PUT /v1/auth-users/cancel-auth", "73364"),
    _keys("directory.list_users", "GET /v1/users/list", "43678"),
    _keys("directory.advanced_list", "GET /v1/users/advance/list", "111210"),
    _keys("directory.read_user", "GET /v1/users/{userid}, /v1/users?uuid", "57959"),
    _keys("directory.open_ids_to_userids", "POST /v1/users/open-id-to-userid", "82247"),
    _both("meetings.create", "POST /v1/meetings", "42417", MANAGE, (ROOMS,), repeated=NO),
    _ours("meetings.read", "GET /v1/meetings/{id}", "42418", VIEW, OWNERS),
    _ours("meetings.read_by_code", "GET /v1/meetings?meeting_code", "42418", VIEW, OWNERS),
    _ours("meetings.list_upcoming", "GET /v1/meetings", "42421", VIEW, EVERYBODY),
    _ours("meetings.history", "GET /v1/history/meetings/{userid}", "53805", VIEW, EVERYBODY),
    _ours("meetings.change", "PUT /v1/meetings/{id}", "42424", MANAGE, OWNERS, (ROOMS,)),
    _ours("meetings.change_occurrence", "PUT /v1/meetings/{id}", "42424", MANAGE, OWNERS, (ROOMS,)),
    _ours("meetings.cancel", "POST /v1/meetings/{id}/cancel", "42422", MANAGE, OWNERS),
    _ours("meetings.dismiss", "POST /v1/meetings/{id}/dismiss", "57955", MANAGE, HOSTS),
    _ours("invitees.read", "GET /v1/meetings/{id}/invitees", "63648", VIEW, CREATOR),
    _ours("invitees.replace", "PUT /v1/meetings/{id}/invitees", "63659", MANAGE, CREATOR, (PAID,)),
    _both("webinars.create", "POST /v1/webinars", "61868", MANAGE, (WEBINAR, ROOMS), repeated=NO),
    _ours("webinars.read", "GET /v1/webinars", "61972", VIEW, CREATOR),
    _ours("webinars.change", "PUT /v1/webinars/{id}", "61964", MANAGE, CREATOR, (ROOMS,)),
    _ours("webinars.cancel", "POST /v1/webinars/{id}/cancel", "61973", MANAGE, CREATOR),
    _ours("enrolment.read_config", f"GET {_ENROL}/config", "64009", VIEW, CREATOR),
    _ours("enrolment.write_config", f"PUT {_ENROL}/config", "64007", MANAGE, CREATOR),
    _ours("enrolment.approvals", f"GET {_ENROL}/approvals", "64011, 62022", VIEW, CREATOR),
    _ours("enrolment.decide", f"PUT {_ENROL}/approvals", "64010, 62023", MANAGE, CREATOR),
    _ours("enrolment.import_rows", f"POST {_ENROL}/import", "67898, 67920", MANAGE, CREATOR, repeated=NO),
    _ours("enrolment.unregister", f"DELETE {_ENROL}/unregistration", "67899, 67921", MANAGE, CREATOR),
    _ours("enrolment.ids", f"POST {_ENROL}/ids", "71935, 71938", VIEW, CREATOR),
    _keys("links.create", "POST /v1/{kind}/customer-short-url", "64850, 95023", CREATOR, repeated=NO),
    _keys("links.list_all", "GET /v1/meetings/{id}/customer-short-url, /v1/webinars/customer-short-url",
          "64851, 95024", CREATOR),
    _ours("guests.read", "GET /v1/guests/{id}, /v1/webinars/guests", "54308, 61994", VIEW, CREATOR, (PAID,)),
    _ours("guests.replace", "PUT /v1/guests/{id}, /v1/webinars/{id}/guests", "93438, 61989", MANAGE, CREATOR, (PAID,)),
    _ours("guests.read_by_code", "GET /v1/guests?meeting_code", "54308", VIEW, CREATOR, (PAID,)),
    _ours("guests.replace_by_code", "PUT /v1/guests", "93438", MANAGE, CREATOR, (PAID,)),
    _ours("participants.page", "GET /v1/meetings/{id}/participants", "42701, 81488", VIEW, HOSTS | OWNERS,
          keys_say_more=YES),
    _ours("participants.live", "GET /v1/meetings/{id}/real-time-participants", "72810", MANAGE, HOSTS | OWNERS,
          keys_say_more=YES),
    _ours("participants.ms_open_id", "GET /v1/meetings/{id}/ms-open-id", "74998", PROFILE, EVERYBODY),
    _ours("waiting_room.now", "GET /v1/meetings/{id}/waiting-room-participants", "58522", VIEW, HOSTS,
          keys_say_more=YES),
    _ours("waiting_room.log", "GET /v1/meeting/{id}/waiting-room", "80579", VIEW, HOSTS, keys_say_more=YES),
    _ours("waiting_room.admit", f"{_CONTROL}/waiting-room", "57954", MANAGE, HOSTS),
    _ours("waiting_room.move_in", f"{_CONTROL}/waiting-room", "57954", MANAGE, HOSTS, repeated=NO),
    _ours("waiting_room.remove", f"{_CONTROL}/waiting-room", "57954", MANAGE, HOSTS, repeated=NO),
    _ours("waiting_room.read_welcome", "GET /v1/meeting/{id}/waiting-room-welcome-message", "86896", VIEW, HOSTS),
    _ours("waiting_room.write_welcome", "POST /v1/meeting/set-waiting-room-welcome-message", "SDK", MANAGE, HOSTS),
    _ours("control.kick_out", f"{_CONTROL}/kickout", "57947", MANAGE, HOSTS, repeated=NO),
    _ours("control.rename", f"{_CONTROL}/names", "67794", MANAGE, HOSTS),
    _ours("control.set_access", f"{_CONTROL}/status", "57944", MANAGE, HOSTS),
    _keys("pstn.ms_open_ids", "POST /v1/meetings/{id}/phone/ms-open-id", "80578", HOSTS),
    _keys("pstn.call_out", "POST /v1/meeting/{id}/phone/callout", "80576", HOSTS, (TELEPHONE,), repeated=NO),
    _keys("pstn.call_status", "GET /v1/meeting/{id}/phone/callout", "80577", HOSTS, (TELEPHONE,)),
    _keys("pstn.cancel_call", "POST /v1/meeting/{id}/phone/cancelcall", "111469", HOSTS, (TELEPHONE,)),
    _ours("toolkit.bind", "POST /v1/app/toolkit", "84398", MANAGE, CREATOR),
    _ours("toolkit.read", "GET /v1/app/toolkit", "84399", VIEW, CREATOR),
    _both("toolkit.unique_code", "GET /v1/app/unique-code", "84400", VIEW),
    _both("toolkit.phone_number", "GET /v1/user/info/phonenumber", "84043", ANY, (PHONES,)),
    _both("toolkit.jsapi_ticket", "GET /v1/jsapi/ticket", "83772, 83773", ANY),
)  # fmt: skip

CAPABILITIES = {row.call: row for row in TABLE}


def why_not(call: str, kind: CredentialKind, scopes: Collection[str] = (), plan: Plan = UNKNOWN) -> Reason:
    """Return why a credential of this kind may not make the call; empty where it may, as far as anybody knows.

    Source: 113415 and each call's page. Scopes matter under OAuth only. The newer codes are not all known, so
    a grant without scopes, or with a code unknown to us, is let through, and so is a plan nobody knows: the platform
    has the last word. An enterprise credential needs a paid plan itself (84320).
    Raises: KeyError for a call that is not in the table.
    """
    row = CAPABILITIES[call]
    if not (row.oauth if kind == "oauth" else row.key):
        return "keys_only" if kind == "oauth" else "oauth_only"
    granted = set(scopes)
    sure = granted and granted <= KNOWN_SCOPES
    if kind == "oauth" and sure and row.scopes and not row.scopes & granted:
        return "scope"
    return "plan" if any(plan.has(need) is False for need in needs_of(call, kind)) else ""


def needs_of(call: str, kind: CredentialKind) -> tuple[Need, ...]:
    """Return what the call needs of the plan with this kind of credential. Raises: KeyError for an unknown call."""
    needs = CAPABILITIES[call].needs
    return needs if kind == "oauth" or PAID in needs else (PAID_FOR_KEYS, *needs)


def may(call: str, kind: CredentialKind, scopes: Collection[str] = ()) -> bool:
    """Return whether a credential of this kind, with these scopes granted, may make the call, whatever the plan.

    Raises: KeyError for a call that is not in the table.
    """
    return not why_not(call, kind, scopes)
