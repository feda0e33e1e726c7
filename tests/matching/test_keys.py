"""Strong keys decide only where they prove to be one person's in this meeting."""

import base64

import pytest

from attendance.matching import Earlier, Key, Reason, Tier, decide, decode_tag
from tests.matching.meetings import arrivals, codes, listed, only, people, proposed, shown, told

ENCODED = base64.b64encode(b'{"ver": "1.0", "userData":"row-7"}').decode()

# A column of the list and one of the participants that are the same key, and a value of each.
KEYS = [
    (Key.TAG, {"tag": "row-7"}, {"tags": ("row-7",)}),
    (Key.TAG, {"tag": "row-7"}, {"tags": (ENCODED,)}),
    (Key.TAG, {"tag": ENCODED}, {"tags": (ENCODED,)}),
    (Key.ENROLL_ID, {"enroll_id": "1351111"}, {"enroll_id": "1351111"}),
    (Key.USERID, {"userid": "u1"}, {"userid": "u1"}),
    (Key.OPEN_ID, {"open_id": "o1"}, {"open_id": "o1"}),
    (Key.MS_OPEN_ID, {"ms_open_ids": ("m0", "m1")}, {"ms_open_id": "m1"}),
    (Key.PSTN, {}, {"pstn_person_ids": ("p0",)}),
    (Key.APP_PHONE, {"phone_key": "k1"}, {"app_phone_key": "k1"}),
    (Key.PHONE_HASH, {"phone_hashes": ("AB", "CD")}, {"phone_hash": "cd"}),
]


@pytest.mark.parametrize(("key", "person", "arrival"), KEYS)
def test_each_key_alone_decides(key: Key, person: dict, arrival: dict) -> None:
    found = only(people({"name": "张三", **person}, {"name": "李四"}), arrivals(arrival))
    assert (found.tier, found.person_id, found.key) == (Tier.CERTAIN, "p0", key)
    assert "key_agrees" in codes(found)


@pytest.mark.parametrize(("key", "person", "arrival"), [row for row in KEYS if row[0] is not Key.PSTN])
def test_a_key_value_of_two_people_is_no_key(key: Key, person: dict, arrival: dict) -> None:
    found = only(people({"name": "张三", **person}, {"name": "李四", **person}), arrivals(arrival))
    assert found.person_id is None
    assert Reason("key_of_several_people", (("key", key.value), ("people", 2))) in found.evidence


def test_a_telephone_number_of_two_people_is_no_key() -> None:
    found = only(listed("张三", "李四"), arrivals({"pstn_person_ids": ("p0", "p1")}))
    assert (found.tier, sorted(proposed(found))) == (Tier.LIKELY, ["p0", "p1"])


def test_callers_sharing_one_switchboard_are_left_to_a_human() -> None:
    came = arrivals({"pstn_person_ids": ("p0",)}, {"pstn_person_ids": ("p0",)})
    result = decide(listed("张三"), came)
    assert [(one.tier, proposed(one)) for one in result.decisions] == [(Tier.LIKELY, ["p0"])] * 2


def test_keys_are_tried_in_the_order_of_the_product() -> None:
    expected = people({"name": "张三", "tag": "t", "userid": "u", "phone_hashes": ("AB",)})
    found = only(expected, arrivals({"phone_hash": "AB", "userid": "u", "tags": ("t",)}))
    assert found.key is Key.TAG
    assert [dict(r.params)["key"] for r in found.evidence if r.code == "key_agrees"] == [
        "tag",
        "userid",
        "phone_hash",
    ]


def test_a_hash_shared_by_many_participants_decides_nothing_and_proposes_nobody() -> None:
    expected = people({"name": "张三", "phone_hashes": ("AB",)})
    result = decide(expected, arrivals(*({"phone_hash": "AB"} for _ in range(200))))
    assert {(one.tier, one.person_id, one.candidates) for one in result.decisions} == {(Tier.NONE, None, ())}


def test_a_hash_of_two_participants_proposes_but_does_not_decide() -> None:
    expected = people({"name": "张三", "phone_hashes": ("AB",)})
    result = decide(expected, arrivals({"phone_hash": "AB"}, {"phone_hash": "AB"}))
    assert [(one.tier, proposed(one)) for one in result.decisions] == [(Tier.LIKELY, ["p0"])] * 2


def test_the_hash_of_no_number_is_never_a_key() -> None:
    expected = people({"name": "张三", "phone_hashes": ("AB",)})
    found = only(expected, arrivals({"phone_hash": "ab"}, void=frozenset({"AB"})))
    assert (found.tier, found.candidates) == (Tier.NONE, ())


def test_two_people_on_one_link_are_a_conflict_for_both() -> None:
    expected = people({"name": "张三", "tag": "t"})
    result = decide(expected, arrivals({"tags": ("t",), "shown": "张三"}, {"tags": (ENCODED, "t")}))
    assert [(one.tier, one.person_id, proposed(one)) for one in result.decisions] == [
        (Tier.CONFLICT, None, ["p0"])
    ] * 2
    shared = Reason("key_of_several_arrivals", (("key", "tag"), ("arrivals", 2)))
    assert shared in result.decisions[1].evidence


def test_a_link_raw_and_decoded_is_one_link() -> None:
    expected = people({"name": "张三", "tag": ENCODED})
    result = decide(expected, arrivals({"tags": ("row-7",)}, {"tags": (ENCODED,)}))
    assert [one.tier for one in result.decisions] == [Tier.CONFLICT] * 2


def test_another_strong_key_settles_a_link_that_went_round() -> None:
    expected = people({"name": "张三", "tag": "t", "userid": "u0"}, {"name": "李四", "userid": "u1"})
    came = arrivals(
        {"tags": ("t",), "userid": "u0"}, {"tags": ("t",), "userid": "u1"}, {"tags": ("t",), "shown": "x"}
    )
    result = decide(expected, came)
    assert [(one.tier, one.person_id) for one in result.decisions] == [
        (Tier.CERTAIN, "p0"),
        (Tier.CERTAIN, "p1"),
        (Tier.CONFLICT, None),
    ]
    assert "key_of_several_arrivals" in codes(result.decisions[1])


def test_one_participant_with_two_peoples_links_is_a_conflict() -> None:
    expected = people({"name": "张三", "tag": "t0"}, {"name": "李四", "tag": "t1"})
    found = only(expected, arrivals({"tags": ("t0", "t1")}))
    assert (found.tier, found.person_id, proposed(found)) == (Tier.CONFLICT, None, ["p0", "p1"])


def test_strong_keys_that_disagree_are_never_decided_silently() -> None:
    expected = people({"name": "张三", "enroll_id": "1"}, {"name": "李四", "userid": "u"})
    found = only(expected, arrivals({"enroll_id": "1", "userid": "u", "shown": "张三"}))
    assert (found.tier, found.person_id, proposed(found)) == (Tier.CONFLICT, None, ["p0", "p1"])
    assert Reason("keys_disagree", (("keys", "enroll_id,userid"),)) in found.evidence
    assert ("key_names_other", (("key", "userid"),)) in told(found.candidates[0].reasons_against)


def test_a_link_opened_under_the_name_of_somebody_else_on_the_list_is_a_conflict() -> None:
    expected = people({"name": "张三", "tag": "t"}, {"name": "李四"})
    found = only(expected, arrivals({"tags": ("t",), "shown": "李四"}))
    assert (found.tier, codes(found)[0]) == (Tier.CONFLICT, "name_of_other")


def test_whose_name_is_shown_under_anothers_link_is_the_first_candidate() -> None:
    expected = people({"name": "张三", "tag": "t"}, {"name": "李四"}, {"name": "李四"}, {"name": "王五"})
    assert proposed(only(expected, arrivals({"tags": ("t",), "shown": "李四"}))) == ["p1", "p2", "p0"]


def test_who_shows_a_name_on_a_link_that_went_round_is_its_first_candidate() -> None:
    expected = people({"name": "张三", "tag": "t"}, {"name": "李四"})
    result = decide(expected, arrivals({"tags": ("t",), "shown": "张三"}, {"tags": ("t",), "shown": "李四"}))
    assert [proposed(one) for one in result.decisions] == [["p0"], ["p1", "p0"]]


def test_whom_a_human_ruled_out_is_no_candidate_by_the_name_shown() -> None:
    expected = people({"name": "张三", "tag": "t"}, {"name": "李四"})
    came = arrivals({"tags": ("t",), "shown": "李四"})
    found = only(expected, came, earlier=Earlier(rejected=frozenset({(came.id[0], "p1")})))
    assert proposed(found) == ["p0"]


def test_a_name_of_a_crowd_adds_nobody_to_a_conflict() -> None:
    expected = people({"name": "张三", "tag": "t"}, *[{"name": "李四"}] * 13)
    assert proposed(only(expected, arrivals({"tags": ("t",), "shown": "李四"}))) == ["p0"]


def test_of_keys_that_disagree_the_surer_comes_first() -> None:
    expected = people({"name": "张三", "enroll_id": "1"}, {"name": "李四", "userid": "u"})
    assert proposed(only(expected, arrivals({"enroll_id": "1", "userid": "u"}))) == ["p1", "p0"]


def test_a_person_entered_twice_is_one_candidate_of_a_conflict() -> None:
    twice = {"name": "李四", "company": "甲", "phone_tail": "0001"}
    expected = people({"name": "张三", "tag": "t"}, {**twice, "tag": "s"}, twice)
    assert proposed(only(expected, arrivals({"tags": ("t", "s"), "shown": "李四"}))) == ["p1", "p0"]


def test_a_link_decides_for_somebody_who_showed_the_own_name_too() -> None:
    expected = people({"name": "张三", "tag": "t"}, {"name": "李四"})
    found = only(expected, arrivals({"tags": ("t",), "names": ("李四", "张三")}))
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


def test_a_link_opened_under_a_strangers_name_still_decides() -> None:
    expected = people({"name": "张三", "tag": "t"}, {"name": "李四"})
    found = only(expected, arrivals({"tags": ("t",), "shown": "iPhone"}))
    assert (found.tier, found.person_id) == (Tier.CERTAIN, "p0")


def test_a_link_opened_with_another_login_of_the_enterprise_is_a_conflict() -> None:
    expected = people({"name": "张三", "tag": "t", "userid": "u0"})
    found = only(expected, arrivals({"tags": ("t",), "userid": "u9"}))
    assert (found.tier, codes(found)) == (Tier.CONFLICT, ["key_differs"])


def test_two_devices_of_one_login_are_one_person() -> None:
    expected = people({"name": "张三", "userid": "u"})
    result = decide(expected, arrivals({"userid": "u"}, {"userid": "u"}))
    assert [one.person_id for one in result.decisions] == ["p0", "p0"]


def test_evidence_names_the_keys_that_were_missing_and_those_that_differ() -> None:
    expected = people({"name": "张三", "userid": "u", "enroll_id": "1", "phone_hashes": ("AB",)})
    found = only(expected, arrivals({"userid": "u", "phone_hash": "EF", "shown": "张三"}))
    assert told(found.evidence) == [
        ("key_agrees", (("key", "userid"),)),
        ("name_agrees", ()),
        ("key_differs", (("key", "phone_hash"),)),
        ("keys_missing", (("keys", "enroll_id"),)),
    ]


def test_more_agreeing_keys_make_it_surer() -> None:
    expected = people({"name": "张三", "tag": "t", "enroll_id": "1"})
    one, both = (
        only(expected, arrivals(row)) for row in ({"tags": ("t",)}, {"tags": ("t",), "enroll_id": "1"})
    )
    assert one.confidence < both.confidence < 1


def test_a_human_confirmation_wins_over_keys_and_keeps_them_as_evidence() -> None:
    expected = people({"name": "张三", "userid": "u"}, {"name": "李四"})
    found = only(expected, arrivals({"userid": "u"}), earlier=Earlier(confirmed={"a0": "p1"}))
    assert (found.tier, found.person_id, found.key, found.confidence) == (Tier.CERTAIN, "p1", Key.HUMAN, 1.0)
    assert codes(found) == ["human_confirmed", "key_names_other"]


def test_a_rejected_pair_is_never_proposed_again_and_stays_as_evidence() -> None:
    expected = people({"name": "张三", "userid": "u"})
    found = only(
        expected, arrivals({"userid": "u", "shown": "张三"}), earlier=Earlier(rejected={("a0", "p0")})
    )
    assert (found.tier, found.candidates) == (Tier.NONE, ())
    assert codes(found) == ["rejected_before", "rejected_name"]


def test_a_rejected_shared_link_is_not_proposed_again() -> None:
    expected = people({"name": "张三", "tag": "t"})
    came = arrivals({"tags": ("t",)}, {"tags": ("t",)})
    assert only(expected, came, earlier=Earlier(rejected={("a0", "p0")})).candidates == ()


def test_ignored_and_unlisted_participants_stay_so() -> None:
    expected = people({"name": "张三", "userid": "u"})
    earlier = Earlier(ignored={"a0"}, unlisted={"a1"})
    result = decide(expected, arrivals({"userid": "u"}, {"userid": "u"}), earlier)
    assert [(one.tier, one.key) for one in result.decisions] == [
        (Tier.IGNORED, Key.HUMAN),
        (Tier.NONE, Key.HUMAN),
    ]


def test_a_decision_is_not_forgotten_at_the_next_meeting() -> None:
    found = only(listed("张三", "李四"), shown("iPhone"), earlier=Earlier(remembered={"a0": "p1"}))
    assert (found.tier, found.person_id, found.key) == (Tier.CERTAIN, "p1", Key.REMEMBERED)


def test_a_remembered_person_does_not_beat_a_key_of_this_meeting() -> None:
    expected = people({"name": "张三", "userid": "u"}, {"name": "李四"})
    found = only(expected, arrivals({"userid": "u"}), earlier=Earlier(remembered={"a0": "p1"}))
    assert (found.tier, proposed(found)) == (Tier.CONFLICT, ["p0", "p1"])


def test_a_decision_about_somebody_no_longer_on_the_list_leaves_the_case_open() -> None:
    found = only(listed("张三"), shown("张三"), earlier=Earlier(confirmed={"a0": "gone"}))
    assert (found.tier, proposed(found)) == (Tier.LIKELY, ["p0"])


@pytest.mark.parametrize("raw", ["", "plain", "====", "MTIz", "bnVsbA==", "eyJhIjoxfQ==", "汉字", "W10"])
def test_a_tag_that_is_not_encoded_is_taken_as_it_is(raw: str) -> None:
    assert decode_tag(raw) == raw


def test_an_encoded_tag_is_decoded_with_or_without_padding() -> None:
    assert [decode_tag(ENCODED), decode_tag(ENCODED.rstrip("="))] == ["row-7", "row-7"]


def test_reasons_of_several_shared_links_come_in_one_order_however_the_list_is_sorted() -> None:
    rows = [
        {"id": 1, "name": "张三", "tag": "x"},
        {"id": 2, "name": "李四", "tag": "y"},
        {"id": 3, "name": "王五", "tag": "x"},
    ]
    came = arrivals({"tags": ("x", "y")}, {"tags": ("y",)})
    assert only(people(*rows), came) == only(people(*reversed(rows)), came)
