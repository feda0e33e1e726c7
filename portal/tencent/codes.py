"""The platform's error codes by what they mean for the caller; `errors.sort` makes errors of them."""

from collections.abc import Callable

# 105276 counts days in Beijing time, which has had no summer time since 1991.
SHANGHAI_OFFSET = 8 * 3600


def at_once(now: float) -> float:
    """Return no wait at all: a fresh timestamp and nonce cure it."""
    return 0.0


def rest_of_minute(now: float) -> float:
    """Return the seconds until the next minute begins."""
    return 60 - now % 60


def rest_of_hour(now: float) -> float:
    """Return the seconds until the next hour begins."""
    return 3600 - now % 3600


def until_tomorrow(now: float) -> float:
    """Return the seconds until midnight in Shanghai, where the platform counts its days."""
    return 86400 - (now + SHANGHAI_OFFSET) % 86400


# Refused at the gate: nothing was done, so even a write without a key may be sent again after the wait.
WAITS: dict[int, Callable[[float], float]] = {
    190300: at_once,
    190301: at_once,
    200002: at_once,
    # 105276 documents no Retry-After: minutes are taken from the clock.
    9061: rest_of_minute,
    3506: rest_of_minute,
    190310: rest_of_minute,
    190313: rest_of_minute,
    500046: rest_of_minute,
    500029: rest_of_hour,
    190311: until_tomorrow,
    190312: until_tomorrow,
}

# Faults inside the platform: a write may have had its effect before the answer broke.
SHAKY = frozenset({20, 41, 999, 3502, 5108, 10000, 13000, 13001, 13703, 14710, 190318, 190319, 960000})

# 1005 is documented for expiry, 190303 is what the REST API was seen to answer (file 1, 10.4): take both.
STALE_TOKEN = frozenset({1005, 190303})
NO_GRANT = frozenset({1004, 1006}) | STALE_TOKEN

NOT_THERE = frozenset({112, 4051, 9003, 20001, 190457, 500275, 500277})

NOT_ALLOWED: dict[int, str] = {
    40: "administrator",
    107: "role",
    1001: "app_banned",
    1003: "credential",
    3501: "scope",
    9042: "role",
    9099: "role",
    9100: "role",
    9101: "role",
    9102: "role",
    10005: "credential",
    # Of the enterprise, not of what was asked for: no meeting is lost by it.
    50000: "credential",
    50001: "credential",
    190303: "credential",
    190315: "role",
    # 190325 is the documented answer to OAuth on an AK/SK call, 200004 that of the older gateway.
    190325: "credential_kind",
    200001: "credential",
    200003: "credential",
    200004: "credential_kind",
    202801: "role",
    500014: "scope",
    500125: "address",
}

REFUSED: dict[int, tuple[str, str]] = {
    # The three OAuth addresses (2021:43704) share this table: no number means two things.
    10: ("", "bad_parameter"),
    101: ("enable_enroll", "enrolment_off"),
    129: ("meeting_id", "meeting_ended"),
    1002: ("auth_code", "auth_code_spent"),
    # Only with an enterprise's key, which sends no open id of its own.
    1004: ("open_id", "bad_id"),
    3507: ("token", "phone_token_spent"),
    9002: ("meeting_id", "bad_id"),
    9006: ("meeting_id", "meeting_ended"),
    9007: ("meeting_id", "already_cancelled"),
    9008: ("", "too_many_meetings"),
    9093: ("subject", "forbidden_word"),
    9098: ("", "too_many_meetings"),
    9103: ("users", "rooms_device"),
    9104: ("users", "device"),
    10001: ("", "bad_parameter"),
    13602: ("meeting_id", "meeting_started"),
    13603: ("meeting_id", "meeting_ended"),
    14203: ("phone", "bad_phone"),
    14220: ("phone", "call_failed"),
    20002: ("userid", "user_exists"),
    20003: ("userid", "user_unavailable"),
    20004: ("userid", "super_administrator"),
    20006: ("start_time", "room_busy"),
    40000: ("phone", "bad_phone"),
    41001: ("email", "bad_email"),
    41002: ("email", "email_taken"),
    41003: ("phone", "phone_taken"),
    156009: ("", "too_many_people"),
    190001: ("userid", "unregistered_user"),
    190004: ("", "bad_parameter"),
    190316: ("enable_live", "no_live_stream"),
    190317: ("enable_live", "no_live_stream"),
    190431: ("guests", "guest_not_made"),
    200005: ("", "bad_parameter"),
    200006: ("", "bad_parameter"),
    202002: ("customer_data", "link_not_made"),
    202005: ("customer_data", "too_many_links"),
    204001: ("userid", "user_exists"),
    # 111469 tells the numbers, not what sets them apart.
    500122: ("phone", "call_not_cancelled"),
    500135: ("phone", "call_not_cancelled"),
    500168: ("", "monthly_quota"),
    500273: ("invitees", "meeting_started"),
    500274: ("invitees", "already_cancelled"),
    550000: ("phone", "call_not_cancelled"),
}
