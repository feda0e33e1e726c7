"""Bodies of calls: strict JSON, and the type that each known field has wherever it stands."""

import json
from collections.abc import Callable
from typing import Any

from portal.sandbox.errors import Refusal

DEEPEST = 20
Shape = Callable[[Any], bool]


def text(value: Any) -> bool:
    """Tell whether a value is text."""
    return isinstance(value, str)


def number(value: Any) -> bool:
    """Tell whether a value is a whole number that fits 64 bits."""
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def seconds(value: Any) -> bool:
    """Tell whether a value is text of Unix seconds, within years that calendars have."""
    return isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 10


def flag(value: Any) -> bool:
    """Tell whether a value is true or false."""
    return isinstance(value, bool)


def plain(value: Any) -> bool:
    """Tell whether a value is text or a whole number: some fields are spelled both ways."""
    return text(value) or number(value)


def an_object(value: Any) -> bool:
    """Tell whether a value is an object."""
    return isinstance(value, dict)


def list_of(*shapes: Shape) -> Shape:
    """Return the shape of a list whose items have one of these shapes."""

    def fits(value: Any) -> bool:
        return isinstance(value, list) and all(any(shape(each) for shape in shapes) for each in value)

    return fits


_NAMES: dict[Shape, str] = {
    text: """userid operator_id to_operator_id ms_open_id open_id meeting_id meeting_code subject password time_zone
        timezone location host_key live_subject live_summary live_password nick_name customer_data sub_meeting_id
        sponsor cover_url description enroll_deadline enroll_description question_title content reason_detail
        auto_record_type email guest_name phone_number sdkid""",
    number: """instanceid operator_id_type type meeting_type media_set_type until_type until_count until_date
        recurring_type customized_recurring_type customized_recurring_step customized_recurring_days
        mute_enable_type_join only_user_join_type water_mark_type open_asr_view change_nickname watermark_opt
        approve_type is_collect_question enroll_number display_number_of_participants question_type is_required
        special_type action enroll_id sorting_rules is_webinar_guest is_join_meeting reason_code
        force_dismiss_meeting retrieve_code invitees_operate_type admission_type guest_type
        display_number_of_attendees operate_type""",
    flag: """enable_enroll enable_live enable_live_password enable_live_im enable_live_replay enable_host_key
        enable_doc_upload_permission enable_interpreter allow_enterprise_intranet_only sync_to_wework is_anonymous
        mute_enable_join allow_unmute_self allow_in_before_host auto_in_waiting_room only_enterprise_user_allowed
        allow_screen_shared_watermark audio_watermark participant_join_auto_record enable_host_pause_auto_record
        auto_asr allow_multi_device play_ivr_on_join play_ivr_on_leave mute_all no_registration_needed_for_staff
        enable_guest_invite_link enable_qa enable_manual_check activity_page playback_for_audience preparation_mode
        allow_rejoin""",
    plain: "area start_time end_time phone extension_number",
    an_object: "settings recurring_rule live_config live_watermark media_setting",
    list_of(an_object): "hosts invitees guests enroll_list question_list option_list users phone_numbers tool_list",
    list_of(text): "ms_open_id_list open_id_list cover_image sensitive_words",
    list_of(number): "enroll_push_type",
    list_of(number, an_object): "enroll_id_list",
}
SHAPES: dict[str, Shape] = {name: shape for shape, names in _NAMES.items() for name in names.split()}


def read_json(raw: bytes) -> Any:
    """Return what a body holds; raises ValueError for anything that is not plain JSON in UTF-8."""
    content = raw.decode("utf-8")
    try:
        value = json.loads(content, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if "\\u" in content:
        # Half of a pair of surrogates is a text that cannot be written again.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def read_body(raw: bytes) -> dict[str, Any]:
    """Return the object in a body, without its nulls; raises 200005, or 190004 for a field of a wrong type."""
    if not raw:
        return {}
    try:
        body = read_json(raw)
    except ValueError:
        raise Refusal(200005) from None
    if not isinstance(body, dict):
        raise Refusal(200005, "body is not a JSON object")
    return _checked(body, 0)


def _checked(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise Refusal(200005, "body is nested too deeply")
    if isinstance(value, list):
        return [_checked(each, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {name: each for name, each in value.items() if each is not None}
    for name, each in kept.items():
        if name in SHAPES and not SHAPES[name](each):
            raise Refusal(190004, f"{name} has a wrong type")
    return {name: _checked(each, depth + 1) for name, each in kept.items()}


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
