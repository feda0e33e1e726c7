"""The enterprise's people, and what OAuth may know of its own user."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from portal.tencent import wire
from portal.tencent.client import Client, segment
from portal.tencent.errors import NotThere
from portal.tencent.paging import cursored, numbered
from portal.tencent.transport import filled

USERS_PAGE = 20
# 111210: the newer list.
ADVANCED_PAGE = 100
OPEN_IDS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class BasicInfo:
    """The user who gave the grant; no phone, no e-mail."""

    username: str
    avatar_url: str
    open_corp_id: str
    open_corp_name: str
    status: str
    account_version: int | None
    user_account_type: int | None
    add_on_largemeeting: int | None
    add_on_webinar: int | None


@dataclass(frozen=True, slots=True)
class User:
    """A colleague in the enterprise's directory; phone and e-mail may be empty, the plain list tells no add-ons."""

    userid: str
    uuid: str
    username: str = field(repr=False)
    area: str
    phone: str = field(repr=False)
    email: str = field(repr=False)
    status: str
    job_title: str
    staff_id: str
    role_code: str
    departments: tuple[str, ...]
    phone_status: int | None
    account_version: int | None
    user_account_type: int | None
    add_on_largemeeting: int | None
    add_on_webinar: int | None


def basic_info(client: Client) -> BasicInfo:
    """Return the user who gave the grant; OAuth only.

    Source: 67432. Shape: one object. Raises: NotAllowed (scope), GrantGone, TryAgain.
    """
    answer = client.get("/v1/users/info/basic", client.operator, call="directory.basic_info")
    # Read as it stands, an answer without a word would put its user into an organisation of their own.
    return wire.read(BasicInfo, filled(answer, call="directory.basic_info"))


def list_users(client: Client) -> Iterator[User]:
    """Yield the enterprise's people, each once; enterprise credential only.

    Source: 43678. Shape: 20 a page, told by `total_count`. Raises: StuckCursor, NotAllowed, TryAgain.
    """
    return numbered(
        client,
        "/v1/users/list",
        client.operator,
        key="users",
        size=USERS_PAGE,
        read=_user,
        call="directory.list_users",
        same=attrgetter("userid"),
    )


def open_ids_to_userids(client: Client, *, sdk_id: str, open_ids: Sequence[str]) -> dict[str, str]:
    """Return the userid of each open id of the third-party app `sdk_id`; strangers are left out.

    Source: 82247. Shape: 1,000 a call; proof that a person belongs to this enterprise.
    Raises: NotAllowed (OAuth may not ask), TryAgain.
    """
    found: dict[str, str] = {}
    for piece in wire.chunks(open_ids, OPEN_IDS_AT_ONCE):
        # 82247 spells it in one word; the SDK demands the operator though the older page has none.
        body = client.operator | {"sdkid": sdk_id, "open_id_list": list(piece)}
        answer = client.post(
            "/v1/users/open-id-to-userid", body=body, repeatable=True, call="directory.open_ids_to_userids"
        )
        pairs = (
            (wire.text(row, "open_id"), wire.text(row, "userid")) for row in wire.rows(answer, "userid_list")
        )
        found |= {open_id: userid for open_id, userid in pairs if open_id and userid}
    return found


def cancel_auth(client: Client) -> None:
    """Give the grant back; OAuth only, and only where members may authorise apps themselves. May be repeated.

    Source: 73364. Shape: parameters in the query.
    Raises: NotAllowed (`administrator`), GrantGone (gone before), TryAgain.
    """
    client.put("/v1/auth-users/cancel-auth", client.operator, call="directory.cancel_auth")


def advanced_list(
    client: Client, *, status: int | None = None, user_account_type: int | None = None, department_id: str = ""
) -> Iterator[User]:
    """Yield the enterprise's people, or those of one state, kind of account or department; no WeCom enterprises.

    Source: 111210. Shape: 100 a page behind an opaque cursor; `uuid` is empty. `status` 1 normal, 3 inactive,
    4 disabled; `user_account_type` 1 premium, 2 free. Enterprise credential only.
    Raises: StuckCursor, NotAllowed, TryAgain.
    """
    filters = {"status": status, "user_account_type": user_account_type, "department_id": department_id or None}
    query = client.operator | filters | {"pos": "", "size": ADVANCED_PAGE}
    return cursored(
        client, "/v1/users/advance/list", query, key="users", read=_user, call="directory.advanced_list"
    )


def read_user(client: Client, userid: str = "", *, uuid: str = "") -> User:
    """Return one colleague, by `userid` or by the platform's `uuid`.

    Source: 57959; by uuid: SDK. Shape: one object, with all that both lists tell. Enterprise credential only.
    Raises: ValueError unless exactly one is given, NotThere, NotAllowed, TryAgain.
    """
    if bool(userid) == bool(uuid):
        raise ValueError("a person is read by userid or by uuid")
    path, query = (f"/v1/users/{segment(userid)}", {}) if userid else ("/v1/users", {"uuid": uuid})
    user = _user(client.get(path, query | client.operator, call="directory.read_user"))
    if not user.userid:
        raise NotThere("the answer holds nobody", call="directory.read_user")
    return user


def _user(row: wire.Row) -> User:
    named = (wire.text(each, "department_name") for each in wire.rows(row, "department_list"))
    return wire.read(User, row, departments=tuple(filter(None, named)))
