"""The directory through the SDK: colleagues for the enterprise's own app, oneself for a grant."""

from tests.conformance.witness import Witness, granted
from tests.sandbox.wire import Platform


def test_the_directory_is_read_by_pages(keys: Witness, platform: Platform) -> None:
    asked = {"page_size": "20", **keys.asked}
    first = keys.call("v1_users_list_get", page="1", **asked)
    known = platform.world["enterprises"][0]["users"]
    assert (first.total_count, first.current_page, first.current_size, first.page_size) == (len(known), 1, 20, 20)
    users, page = list(first.users), 1
    while len(users) < first.total_count:
        page += 1
        users += keys.call("v1_users_list_get", page=str(page), **asked).users
    assert [(each.userid, each.username) for each in users] == [(each["userid"], each["name"]) for each in known]
    assert {(each.area, len(each.phone), each.status) for each in users} == {("86", 11, "1")}


def test_the_directory_is_read_by_cursor(keys: Witness, platform: Platform) -> None:
    page = keys.call("v1_users_advance_list_get", pos="", size="100", **keys.asked)
    users = list(page.users)
    while page.has_remaining:
        page = keys.call("v1_users_advance_list_get", pos=page.next_pos, size="100", **keys.asked)
        users += page.users
    assert [each.userid for each in users] == [each["userid"] for each in platform.world["enterprises"][0]["users"]]


def test_one_colleague_is_read_in_full(keys: Witness, platform: Platform) -> None:
    wanted = platform.staff()[0]
    found = keys.call("v1_users_userid_get", userid=wanted["userid"], **keys.asked)
    assert (found.userid, found.username, found.job_title, found.status) == (
        wanted["userid"], wanted["name"], wanted["title"], "1",
    )  # fmt: skip


def test_one_colleague_is_read_by_the_platforms_own_id(keys: Witness) -> None:
    listed = keys.call("v1_users_list_get", page="1", page_size="20", **keys.asked).users[7]
    found = keys.call("v1_users_get", uuid=listed.uuid, **keys.asked)
    assert (found.userid, found.username, found.uuid) == (listed.userid, listed.username, listed.uuid)
    assert keys.refused("v1_users_get", uuid="WUnobody", **keys.asked).code == 20001


def test_open_ids_lead_to_userids_of_the_same_enterprise_only(keys: Witness, platform: Platform) -> None:
    own, foreign = platform.staff(0)[2], platform.staff(1)[2]
    body = {"open_id_list": [own["open_id"], foreign["open_id"]], "sdkid": platform.app["sdk_id"], **keys.operator}
    answer = keys.call("v1_users_open_id_to_userid_post", body=body)
    assert [vars(each) for each in answer.userid_list] == [{"open_id": own["open_id"], "userid": own["userid"]}]
    assert answer.invalid_open_id_list == [foreign["open_id"]]


def test_a_grant_tells_whose_it_is_but_no_phone(token: Witness, platform: Platform) -> None:
    told = token.call("v1_users_info_basic_get", **token.asked)
    enterprise = platform.world["enterprises"][0]
    assert (told.username, told.status) == (platform.organiser()["name"], "1")
    assert (told.open_corp_id, told.open_corp_name) == (enterprise["open_corp_id"], enterprise["name"])


def test_a_grant_is_given_back(platform: Platform, honest: list[Witness]) -> None:
    with granted(platform, platform.organiser(0, 5), honest) as token:
        token.call("v1_auth_users_cancel_auth_put", **token.asked)
        gone = token.refused("v1_users_info_basic_get", **token.asked)
    assert gone == (400, 190303, 200190303)
