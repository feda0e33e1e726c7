"""Refusals of the platform: codes, HTTP status and the error envelope."""

# Statuses follow the rule "400 for the request, 500 for the service" where no endpoint page says otherwise.
MEANINGS: dict[int, tuple[int, str]] = {
    40: (500, "no permission to cancel this authorization"),
    41: (500, "internal network error"),
    101: (500, "会议未开启报名"),
    107: (500, "no query permission"),
    112: (500, "enroll id does not exist"),
    129: (500, "meeting has ended"),
    1004: (400, "无效的open_id"),
    1005: (400, "access token expired"),
    3501: (400, "permission to read phone numbers is not enabled"),
    3502: (500, "service error"),
    3506: (400, "phone numbers are read too often"),
    3507: (400, "illegal token"),
    5108: (500, "internal error"),
    9003: (500, "MEETING NOT EXIST"),
    9006: (500, "MEETING ENDED"),
    9007: (500, "MEETING CANCELED"),
    9008: (500, "too many meetings created"),
    9042: (403, "NO PERMISSION"),
    9098: (500, "number of meetings over the limit"),
    9103: (400, "ROOMS CAN NOT BE MOVED TO WAITING ROOM"),
    9061: (500, "meeting queried too often"),
    9093: (500, "subject contains a forbidden word"),
    9100: (403, "no right to book a meeting"),
    13602: (500, "MEETING STARTED, CAN NOT CANCEL"),
    13603: (500, "MEETING ENDED"),
    13703: (500, "query meeting failed"),
    14203: (500, "输入号码有误，请重新输入。"),
    14220: (500, "邀请成员入会失败"),
    14710: (500, "open id conversion failed"),
    20000: (500, "该企业部门信息不存在。"),
    20001: (400, "user not found"),
    190001: (400, "userid not registered"),
    190004: (400, "invalid parameter"),
    190300: (400, "timestamp expired"),
    190301: (400, "replayed request"),
    190303: (400, "authentication failed"),
    190308: (500, "meeting is not in progress"),
    190310: (500, "每分钟总接口调用次数超过限制。"),
    190311: (500, "每天总接口调用次数超过限制。"),
    190312: (500, "每天单个接口调用次数超过限制。"),
    190313: (500, "每分钟单个接口调用次数超过限制。"),
    190325: (400, "this interface does not support OAuth"),
    190431: (500, "guest creation failed"),
    190443: (500, "no permission over departments"),
    190444: (500, "no permission over departments"),
    190457: (400, "meeting does not exist, check meetingId"),
    200001: (400, "a mandatory header is missing"),
    200003: (400, "Signature failed!"),
    200004: (400, "unsupported API"),
    200005: (400, "body is not JSON"),
    200006: (400, "parameter is wrong"),
    202002: (400, "short link creation failed"),
    202005: (500, "short links over the limit"),
    202801: (500, "no right to query, was the meeting created by this app?"),
    500014: (400, "account has no permission"),
    500122: (400, "操作者没有权限。"),
    500029: (500, "会议创建数量已达上限"),
    500168: (500, "每月总接口调用次数超过限制"),
}

# Pairs that were seen on a page or in a client; every other code carries the prefix of the gateway.
_PREFIXES = {1004: 107, 1005: 107, 4051: 108, 9003: 101, 13603: 101, 190004: 1000, 9042: 1000, 190457: 1000}


class Refusal(Exception):
    """The platform says no: an `error_code`, its status and a message."""

    def __init__(self, code: int, message: str = "", status: int = 0) -> None:
        default_status, default_message = MEANINGS.get(code, (500, "internal error"))
        self.code = code
        self.asked = status
        self.status = status or default_status
        self.message = message or default_message
        super().__init__(f"{code} {self.message}")

    def envelope(self) -> dict[str, dict[str, object]]:
        """Return the answer's body with all three fields of `error_info`."""
        info: dict[str, object] = {"error_code": self.code, "new_error_code": new_error_code(self.code), "message": self.message}
        return {"error_info": info}


class OAuthRefusal(Exception):
    """The three OAuth addresses say no in their own envelope."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code} {message}")


def new_error_code(code: int) -> int:
    """Return the long form of an error code."""
    return _PREFIXES.get(code, 200) * 1_000_000 + code
