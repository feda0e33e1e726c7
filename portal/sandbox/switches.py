"""Switches for every oddity of the platform whose truth is not known, or that a test wants otherwise."""

from typing import Any

SwitchValue = bool | int | float | str

# name: (default, meaning in one line)
TABLE: dict[str, tuple[SwitchValue, str]] = {
    "allow_past_start": (True, "meetings may be booked with a start in the past"),
    "oauth_sees_all_meetings": (False, "an OAuth caller reaches meetings that were not made through the app"),
    "aksk_on_oauth_meetings": (True, "AK/SK may act on OAuth-made meetings when it names their creator"),
    "hidden_meeting_code": (9042, "error code for a meeting the caller may not see: 9042 or 9003"),
    "unknown_meeting_code": (9003, "error code for a meeting that does not exist: 9003 or 190457"),
    "empty_success_body": (False, "calls without a result answer an empty body instead of {}"),
    "new_error_code": ("prefixed", "of errors: prefixed, plain (gateway codes without their prefix), or missing"),
    "statuses": ("", "HTTP status by error code, by comma: 9042=400,190001=500"),
    "missing_permission_code": (500014, "error code for a permission that was not granted: 500014 or 9042"),
    "oauth_unsupported_code": (190325, "error code for a call that takes no OAuth: 190325, 200004, 9042, 500014"),
    "expired_token_code": (190303, "error code for an access token that is over: 190303 or 1005"),
    "oauth_failure_status": (400, "HTTP status of a refusal by the OAuth addresses: 400, 200 or 500"),
    "oauth_failure_data": ("missing", "data of such a refusal: missing, null or empty"),
    "content_type_required": (True, "a REST call without Content-Type: application/json is refused"),
    "webinar_envelope": ("flat", "answers of webinars: flat, or list (inside meeting_info_list)"),
    "webinars_in_list": (False, "the list of coming meetings has webinars too"),
    "webinar_dismiss": (True, "a running webinar can be ended by the call for meetings"),
    "webinar_about_to_start_seconds": (0, "seconds before its start in which a webinar is ABOUT_TO_START"),
    "webinar_guests_put": ("replace", "the guests of a webinar: replace them, or append to them"),
    "time_zone_name": ("time_zone", "name of the zone that is honoured in a request: time_zone, timezone or both"),
    "time_zone_returned": ("base64", "time_zone of answers: base64, or plain"),
    "sub_meeting_times": ("number", "times of occurrences: number, or text"),
    "moved_occurrence_id": ("same", "sub_meeting_id of a moved occurrence: same, or its new start"),
    "emptied_series": ("cancelled", "a series whose last occurrence was cancelled: cancelled, or waiting"),
    "live_series_most": (50, "series that one account may have alive (9098); 0 lifts the limit"),
    "subject_letter_bytes": (1, "bytes that a letter of a meeting's subject counts: 1, or 2 as a page says"),
    "granted_scopes": ("VIEW_USER_INFO,VIEW_MEETING,MANAGE_MEETING", "permissions of the OAuth app"),
    "trusted_redirect_hosts": ("", "hosts the consent page may return to, by comma; empty means any"),
    "refused_consent": ("stay", "after refusing the consent: stay on the page, or redirect with error=access_denied"),
    "admin_approval_required": (False, "members of an enterprise wait for their administrator's consent"),
    "cancel_auth_forbidden": (False, "cancel-auth is refused with code 40"),
    "auth_code_seconds": (300, "life of an auth_code"),
    "access_token_seconds": (21_600, "life of an access token"),
    "refresh_token_seconds": (2_592_000, "life of a refresh token"),
    "refresh_rotates": (True, "a refresh replaces the refresh token too"),
    "expires_as_text": (False, "user_info gives expires as text"),
    "token_grace": (0, "seconds a replaced access token goes on working"),
    "rate_per_minute": (300, "calls a minute for an app or an OAuth user; 0 lifts the limit"),
    "rate_per_day": (200_000, "calls a day for an app; 0 lifts the limit"),
    "rate_day_for_oauth": (False, "OAuth users have the limit of a day too; it is documented for apps only"),
    "rate_corp_per_minute": (100, "account-level calls (/v1/corp/) a minute for an app; 0 lifts the limit"),
    "rate_corp_each": (False, "each account-level call has that limit for itself, not all together"),
    "rate_endpoint_per_minute": (0, "calls of one kind a minute for an identity (190313); 0 lifts the limit"),
    "rate_endpoint_per_day": (0, "calls of one kind a day for an identity (190312); 0 lifts the limit"),
    "rate_meeting_per_minute": (0, "calls a minute about one meeting (9061); 0 lifts the limit"),
    "rate_window": ("sliding", "windows of the limits: sliding, or clock (full minutes, days from midnight)"),
    "rate_counts_refused": (False, "calls refused by a limit use it up as well"),
    "rate_minute_seconds": (60.0, "length of the minute that limits count by"),
    "rate_hour_seconds": (3_600.0, "length of the hour that limits count by"),
    "rate_day_seconds": (86_400.0, "length of the day that limits count by"),
    "rate_month_seconds": (2_592_000.0, "length of the month that limits count by"),
    "creations_per_hour": (2_000, "meetings one user may create in an hour (500029)"),
    "creations_per_day": (0, "meetings one user may create in a day (9008); 0 lifts the limit"),
    "creations_per_month": (0, "meetings one account may create in a month (500168); 0 lifts the limit"),
    "clock_skew": (0, "seconds by which the platform's clock runs ahead when it checks timestamps"),
    "forbidden_words": ("赌博", "words that make a subject fail, by comma"),
    "approvals_page_max": (300, "largest page_size of enrolment approvals: 300 or 50"),
    "approvals_batch": (0, "ids that one decision about registrations may name; 0 lifts the limit"),
    "approvals_userid_under_oauth": (False, "registrations given to OAuth callers carry the userid of own staff"),
    "ended_refuses_approvals": (True, "registrations of a meeting that is over cannot be decided (129)"),
    "special_type_as_text": (False, "special_type of answers is text, as some pages have it"),
    "ms_open_id_of_unknown_phone": (False, "an imported phone without an account has a temporary id too"),
    "questions_most": (0, "questions an enrolment form may have; 0 lifts the limit"),
    "import_tells_events": (False, "an import sends the enrolment event for each new row"),
    "import_drop_every": (97, "every n-th imported row vanishes without a word; 0 drops none"),
    "import_checks_phones": (True, "rows with a phone the platform thinks invalid vanish without a word"),
    "repeated_import": ("same", "importing a key again: same (the former enroll_id) or duplicate"),
    "enroll_event_name": ("enroll.enroll", "name of the event of an enrolment"),
    "enroll_event_answers": (False, "the enrolment event carries the answers"),
    "links_per_meeting": (300, "exclusive links a meeting may have"),
    "links_per_webinar": (300, "exclusive links a webinar may have"),
    "repeated_link": ("same", "the same customer_data sent again: same (link) or new"),
    "customer_data_lenient": (False, "customer_data that is not base64 JSON is accepted"),
    "customer_data_returned": ("encoded", "customer_data in rows and events: encoded, or decoded (userData)"),
    "phone_hash_prefix": ("", "text put before the national number when hashing: empty, 86, +86 or 0086"),
    "phone_hash_under_oauth": (True, "rows given to OAuth callers carry a phone hash (of an unknown secret)"),
    "open_left_time": ("", "left_time of somebody still inside: empty, 0, or missing (no key)"),
    "participants_window_days": (90, "widest time window of participants, and how far rows reach back"),
    "participants_total": (True, "pages of participants carry total_count"),
    "participants_by_operator": (True, "participants may be asked for with the operator pair, not with userid only"),
    "network_key": ("ip", "key of the address of somebody inside: ip, or IP as the page spells it"),
    "open_id_map_needs_operator": (True, "open-id-to-userid needs the operator pair"),
    "join_flag_as_text": (False, "is_join_meeting of listed webinar links is text"),
    "participants_row_cap": (50_000, "rows all pages of one meeting give together"),
    "enterprise_hears_oauth_meetings": (True, "an enterprise's own app hears of OAuth-made meetings too"),
    "corp_lock_mask": (0, "settings enterprises force: sum of 1 text and 2 audio watermark, 4 record, 8 transcript"),
    "host_wait_events": (True, "whoever is in before the host is told of (meeting.participant-jbh-waiting)"),
    "absent_target": ("silent", "a control aimed at a device that is not there: silent (no effect) or refuse (190004)"),
    "users_per_control": (20, "people one in-meeting control call may name"),
    "callouts_per_call": (30, "numbers one call-out may name: 30 or 50"),
    "callout_seed": (1, "another number deals the called people other answers"),
    "callout_package": (True, "the enterprise has bought telephone minutes; without them a call-out fails with 14220"),
    "cancelcall_lists": ("snake", "keys of a cancelled call-out's answer: snake (success_list) or camel (SuccessList)"),
    "phone_permission": (True, "the app may read phone numbers in the client; else 3501"),
    "phone_token_seconds": (300, "life of a phone token"),
    "phone_reads_per_minute": (0, "phone numbers an identity may read in a minute, then 3506; 0 lifts the limit"),
    "phone_token_for_anyone": (False, "a phone token may be used by another OAuth user than the one it stands for"),
    "ticket_seconds": (300, "life of a JSAPI ticket"),
    "retry_minute_seconds": (60.0, "length of the minutes (1, 3, 6) after which an event is sent again"),
    "retry_gaps_from": ("previous", "those minutes count from the previous attempt, or from the first"),
    "retry_on": ("any", "what is sent again: any (every wrong answer), or silence (only where none came)"),
    "retry_fresh_headers": (True, "a repeated event carries a new timestamp and nonce"),
    "event_timeout_seconds": (5.0, "how long the platform waits for the answer to an event"),
    "check_timeout_seconds": (3.0, "how long the platform waits for the answer to a URL check"),
    "event_answer_strict": (True, "only 200 with the exact text counts as an answer, else any 200"),
    "event_senders": (4, "events under way at once, at most 32; 1 keeps their order"),
    "event_id_name": ("trace_id", "name of an event's unique value: trace_id, or unique_sequence as of old"),
    "events_plain": (False, "the console holds no EncodingAESKey: events and checks come as plain base64"),
    "operate_time_shape": ("milliseconds", "operate_time of events: milliseconds, seconds, or text in UTC+8"),
    "meeting_end_types": ("0", "meeting_end_type of the end somebody makes, by comma: one event for each"),
    "app_hears_client_meetings": (False, "the OAuth app hears of every meeting of a user who authorised it"),
    "sdk_id_in_events": ("number", "sdk_id of authorisation events: number or text"),
}


# What the switches that name one of several things may name.
CHOICES: dict[str, tuple[SwitchValue, ...]] = {
    "hidden_meeting_code": (9042, 9003),
    "unknown_meeting_code": (9003, 190457),
    "missing_permission_code": (500014, 9042),
    "oauth_unsupported_code": (190325, 200004, 9042, 500014),
    "expired_token_code": (190303, 1005),
    "oauth_failure_status": (400, 200, 500),
    "oauth_failure_data": ("missing", "null", "empty"),
    "new_error_code": ("prefixed", "plain", "missing"),
    "refused_consent": ("stay", "redirect"),
    "webinar_envelope": ("flat", "list"),
    "network_key": ("ip", "IP"),
    "rate_window": ("sliding", "clock"),
    "webinar_guests_put": ("replace", "append"),
    "time_zone_name": ("time_zone", "timezone", "both"),
    "time_zone_returned": ("base64", "plain"),
    "sub_meeting_times": ("number", "text"),
    "moved_occurrence_id": ("same", "start"),
    "emptied_series": ("cancelled", "waiting"),
    "subject_letter_bytes": (1, 2),
    "repeated_import": ("same", "duplicate"),
    "repeated_link": ("same", "new"),
    "customer_data_returned": ("encoded", "decoded"),
    "phone_hash_prefix": ("", "86", "+86", "0086"),
    "open_left_time": ("", "0", "missing"),
    "retry_gaps_from": ("previous", "first"),
    "retry_on": ("any", "silence"),
    "event_id_name": ("trace_id", "unique_sequence"),
    "operate_time_shape": ("milliseconds", "seconds", "text"),
    "sdk_id_in_events": ("number", "text"),
}


class UnknownSwitch(ValueError):
    """A switch or a value that the table does not know."""


class Switches:
    """The current values, read as `switches["name"]`; `version` counts the changes."""

    def __init__(self) -> None:
        self._values = _defaults()
        self.version = 0

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def change(self, wanted: dict[str, Any]) -> None:
        """Set the given switches, all or none; raises UnknownSwitch."""
        for name, value in wanted.items():
            if name not in TABLE:
                raise UnknownSwitch(f"there is no switch {name!r}")
            if not _fits(value, TABLE[name][0]):
                raise UnknownSwitch(f"{name} takes a value like {TABLE[name][0]!r}")
            if name in CHOICES and value not in CHOICES[name]:
                raise UnknownSwitch(f"{name} takes one of {CHOICES[name]}")
        self._values.update(wanted)
        self.version += 1

    def reset(self) -> None:
        """Return every switch to its default."""
        self._values = _defaults()
        self.version += 1

    def listed(self) -> dict[str, dict[str, SwitchValue]]:
        """Return value, default and meaning of each switch."""
        return {
            name: {"value": self._values[name], "default": default, "meaning": meaning}
            for name, (default, meaning) in TABLE.items()
        }

    def changed(self) -> dict[str, SwitchValue]:
        """Return the switches that differ from their default."""
        return {name: value for name, value in self._values.items() if value != TABLE[name][0]}

    def words(self, name: str) -> list[str]:
        """Return a switch that holds a list by comma."""
        return [word for word in str(self._values[name]).split(",") if word]


def _defaults() -> dict[str, SwitchValue]:
    return {name: default for name, (default, _) in TABLE.items()}


def _fits(value: object, default: SwitchValue) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, int | float):
        return isinstance(value, int | float)
    return isinstance(value, str)
