"""The kinds of fault a platform call may meet, as the sandbox takes them."""

from dataclasses import dataclass

# What an answer may leave out. Who somebody is can be made up by nobody: without it people are invited twice.
ABSENT = ["total_count", "next_pos", "open_id", "uuid", "is_enterprise_user", "audio_state", "video_state",
          "screen_shared_state", "ip", "location", "link_type", "net", "app_version", "enroll_code", "settings",
          "hosts", "participants_num", "need_password", "host_key", "has_vote", "live_config", "enable_live",
          "join_url", "password", "user_non_registered", "message", "email", "job_title"]  # fmt: skip
# What a try may take here, and what a silent platform takes, in seconds.
TRY, SILENCE = 0.3, 0.45


@dataclass(frozen=True)
class Kind:
    """One kind of fault; `final` ones are refusals that stop what they meet, all others need nobody's help.

    `hasty` ones need tries that are given up soon; `only` names a part of the calls that can meet it.
    """

    name: str
    fault: dict[str, object]
    final: bool = False
    hasty: bool = False
    only: str = ""

    def __str__(self) -> str:
        return self.name

    def at(self, call: str, nth: int = 1) -> list[dict[str, object]]:
        """Give the fault for one use of a call, nothing where it cannot meet it."""
        return [{"call": call, "nth": nth} | self.fault] if self.only in call else []


def _kind(kind: str, **more: object) -> Kind:
    return Kind(kind, {"kind": kind} | more)


def _status(number: int) -> Kind:
    return Kind(f"status {number}", {"kind": "status", "status": number})


def _code(number: int, final: bool = False, only: str = "") -> Kind:
    return Kind(f"code {number}", {"kind": "code", "error_code": number}, final, only=only)


def _silent(kind: str, name: str = "") -> Kind:
    return Kind(name or kind, {"kind": kind, "seconds": SILENCE}, hasty=True)


KINDS = [
    _kind("cut_before"), _kind("reset"), _kind("cut_after_commit"),
    _silent("timeout_before"), _silent("timeout_after"), _silent("slow_body"), _silent("latency", "late_effect"),
    _status(429), _status(502),
    _kind("wrong_content_type"), Kind("redirect", {"kind": "redirect"}, final=True), _kind("truncate"),
    _kind("empty_body"), _kind("bad_utf8"),
    _kind("wrong_types"), _kind("extra_fields"), _kind("missing_fields", fields=ABSENT),
    Kind("stuck_cursor", {"kind": "stuck_cursor"}, final=True, only="/participants"),
    Kind("repeated_page", {"kind": "repeated_page"}, only="/participants"),
    _kind("replay"), _kind("clock_skew"), _kind("rate_limit"), _kind("day_limit"), _code(41),
    _kind("expired_token"), _code(190303, final=True, only=" /v1/"),
    _code(9003, final=True), _code(9042, final=True), _code(190004, final=True), _code(500014, final=True),
]  # fmt: skip
# Much like one of those: only the whole matrix has them.
ALIKE = [
    _kind("reset_after"), _status(500), _status(503), _status(504),
    _kind("not_json"), _kind("half_json"), _kind("bad_gzip"), _kind("mislabelled"), _kind("null_fields", fields=ABSENT),
    _code(10000), _code(960000), _code(190312), _code(500029),
]  # fmt: skip
