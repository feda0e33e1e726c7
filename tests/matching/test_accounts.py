"""Whole accounts of single cases, as a reviewer reads them: what was decided, by what, what speaks for whom, and how much."""

import pytest

from attendance.matching import BALANCED, Decision, Earlier, Reason, decide
from tests.matching.meetings import Row, arrivals, people
from tests.matching.test_naming import CROWD

NOTHING_SAID = Earlier()


def line(reason: Reason) -> str:
    """Write a reason as one reads it: its code, its parameters, its weight if it has one."""
    params = "".join(f" {name}={value}" for name, value in reason.params)
    return f"{reason.code}{params}" + (f" {reason.weight:+.2f}" if abs(reason.weight) > 1e-6 else "")


def account(decision: Decision) -> list[str]:
    """Write a decision down: the verdict, each candidate with what speaks for and against, the evidence."""
    written = [f"{decision.tier} {decision.person_id} by {decision.key}, {decision.confidence:.4f}"]
    for one in decision.candidates:
        pro, con = ("; ".join(map(line, reasons)) for reasons in (one.reasons_for, one.reasons_against))
        written += [f"{one.person_id} {one.weight:.4f}", f"  for {pro}", f"  against {con}"]
    return [*written, *map(line, decision.evidence)]


# What it is, the list, whether the crowd is listed too, the room, what humans said, and the account of the first participant.
CASES = [
    (
        "a link used by two asks whether it is its owner",
        [{"name": "张三", "tag": "t"}, {"name": "李四"}],
        False,
        [{"tags": ("t",), "shown": "张三"}, {"tags": ("t",), "shown": "x"}],
        NOTHING_SAID,
        [
            "conflict None by tag, 0.5000",
            "p0 0.5000",
            "  for key_of_several_arrivals key=tag arrivals=2; name_agrees",
            "  against rivals",
            "key_of_several_arrivals key=tag arrivals=2",
        ],
    ),
    (
        "keys of three people share the doubt evenly",
        [{"name": "张三", "tag": "t"}, {"name": "李四", "userid": "u"}, {"name": "王五", "phone_hashes": ("AB",)}],
        False,
        [{"tags": ("t",), "userid": "u", "phone_hash": "AB", "shown": "张三"}],
        NOTHING_SAID,
        [
            "conflict None by tag, 0.3333",
            "p0 0.3333",
            "  for key_agrees key=tag +5.52; name_agrees",
            "  against key_names_other key=userid -9.21; key_names_other key=phone_hash -6.21; rivals +9.21",
            "p1 0.3333",
            "  for key_agrees key=userid +9.21",
            "  against key_names_other key=tag -5.52; key_names_other key=phone_hash -6.21; rivals +1.83",
            "p2 0.3333",
            "  for key_agrees key=phone_hash +6.21",
            "  against key_names_other key=tag -5.52; key_names_other key=userid -9.21; rivals +7.82",
            "keys_disagree keys=tag,userid,phone_hash",
        ],
    ),
    (
        "two links of one participant stand against each other",
        [{"name": "张三", "tag": "t"}, {"name": "李四", "tag": "s"}],
        False,
        [{"tags": ("t", "s"), "shown": "李四"}],
        NOTHING_SAID,
        [
            "conflict None by tag, 0.5000",
            "p1 0.5000",
            "  for key_agrees key=tag +5.52; name_agrees",
            "  against key_names_other key=tag -5.52; rivals",
            "p0 0.5000",
            "  for key_agrees key=tag +5.52",
            "  against key_names_other key=tag -5.52; rivals",
            "keys_disagree keys=tag",
        ],
    ),
    (
        "a hash under names of others says the first of them",
        [{"name": "张三", "phone_hashes": ("AB",)}, {"name": "李四"}, {"name": "王五"}],
        False,
        [{"phone_hash": "ab", "names": ("王五", "李四")}],
        NOTHING_SAID,
        [
            "conflict None by phone_hash, 0.3333",
            "p1 0.3333",
            "  for name_agrees",
            "  against key_names_other key=phone_hash -6.21; rivals +5.52",
            "p2 0.3333",
            "  for name_agrees",
            "  against key_names_other key=phone_hash -6.21; rivals +5.52",
            "p0 0.3333",
            "  for key_agrees key=phone_hash +6.21",
            "  against rivals -6.91",
            "name_of_other said=李四",
        ],
    ),
    (
        "a hash under the name of a stranger says that name",
        [{"name": "张晓明", "phone_hashes": ("AB",)}],
        True,
        [{"phone_hash": "ab", "names": ("iPhone", "华泰-李国强")}],
        NOTHING_SAID,
        [
            "conflict None by phone_hash, 0.5000",
            "p0 0.5000",
            "  for key_agrees key=phone_hash +6.21",
            "  against rivals -6.21",
            "name_of_stranger said=李国强",
        ],
    ),
    (
        "a link with another login says so",
        [{"name": "张三", "tag": "t", "userid": "u"}, {"name": "李四"}],
        False,
        [{"tags": ("t",), "userid": "v", "shown": "张三"}],
        NOTHING_SAID,
        [
            "conflict None by tag, 0.5000",
            "p0 0.5000",
            "  for key_agrees key=tag +5.52; name_agrees",
            "  against rivals -5.52",
            "key_differs key=userid",
        ],
    ),
    (
        "two keys outweigh another login",
        [{"name": "张三", "tag": "t", "enroll_id": "e", "userid": "u"}, {"name": "李四"}],
        False,
        [{"tags": ("t",), "enroll_id": "e", "userid": "v", "shown": "iPhone"}],
        NOTHING_SAID,
        [
            "certain p0 by tag, 1.0000",
            "p0 1.0000",
            "  for key_agrees key=tag +5.52; key_agrees key=enroll_id +6.91",
            "  against key_differs key=userid",
            "key_agrees key=tag +5.52",
            "key_agrees key=enroll_id +6.91",
            "key_differs key=userid",
        ],
    ),
    (
        "a human word keeps keys for and against",
        [{"name": "张三", "userid": "u", "tag": "t"}, {"name": "李四", "open_id": "o"}],
        False,
        [{"userid": "u", "open_id": "o", "tags": ("t",)}],
        Earlier(confirmed={"a0": "p0"}),
        [
            "certain p0 by human, 1.0000",
            "p0 1.0000",
            "  for key_agrees key=tag +5.52; key_agrees key=userid +9.21",
            "  against key_names_other key=open_id -9.21",
            "human_confirmed",
            "key_agrees key=tag +5.52",
            "key_agrees key=userid +9.21",
            "key_names_other key=open_id -9.21",
        ],
    ),
    (
        "a key a human ruled out leaves the other to decide",
        [{"name": "张三", "userid": "u"}, {"name": "李四", "open_id": "o"}],
        False,
        [{"userid": "u", "open_id": "o"}],
        Earlier(rejected={("a0", "gone"), ("a0", "p0")}),
        [
            "certain p1 by open_id, 0.9999",
            "p1 0.9999",
            "  for key_agrees key=open_id +9.21",
            "  against rejected_before key=userid",
            "key_agrees key=open_id +9.21",
            "rejected_before key=userid",
        ],
    ),
    (
        "a login decides and the shared hash is told",
        [{"name": "张三", "userid": "u", "phone_hashes": ("AB",)}, {"name": "李四"}],
        False,
        [{"userid": "u", "phone_hash": "AB", "shown": "张三"}, {"phone_hash": "AB"}],
        NOTHING_SAID,
        [
            "certain p0 by userid, 0.9999",
            "p0 0.9999",
            "  for key_agrees key=userid +9.21; name_agrees",
            "  against key_of_several_arrivals key=phone_hash arrivals=2",
            "key_agrees key=userid +9.21",
            "name_agrees",
            "key_of_several_arrivals key=phone_hash arrivals=2",
        ],
    ),
    (
        "a hash of two leans towards the one of that name",
        [{"name": "张三", "phone_hashes": ("AB",)}, {"name": "李四"}],
        True,
        [{"phone_hash": "AB", "shown": "张三"}, {"phone_hash": "AB", "shown": "z"}],
        NOTHING_SAID,
        [
            "certain p0 by name, 1.0000",
            "p0 1.0000",
            "  for name_exact said=张三 +10.77; key_of_several_arrivals key=phone_hash arrivals=2 +6.21",
            "  against base_rate -2.45",
            "name_exact said=张三 +10.77",
            "key_of_several_arrivals key=phone_hash arrivals=2 +6.21",
            "base_rate -2.45",
            "key_of_several_arrivals key=phone_hash arrivals=2",
            "also_shown_by_others",
        ],
    ),
    (
        "a phone of two people leans towards both",
        [{"name": "张三", "phone_key": "k"}, {"name": "李四", "phone_key": "k"}],
        True,
        [{"app_phone_key": "k", "shown": "z"}],
        NOTHING_SAID,
        [
            "likely None by name, 0.4931",
            "p0 0.4931",
            "  for key_of_several_people key=app_phone people=2 +6.21",
            "  against base_rate -2.64; rivals -3.60",
            "p1 0.4931",
            "  for key_of_several_people key=app_phone people=2 +6.21",
            "  against base_rate -2.64; rivals -3.60",
            "key_of_several_people key=app_phone people=2",
            "not_sure_enough",
        ],
    ),
    (
        "a switchboard leans towards the one who is listed",
        [{"name": "张三"}, {"name": "李四"}],
        False,
        [{"pstn_person_ids": ("gone", "p1")}, {"pstn_person_ids": ("gone",)}],
        NOTHING_SAID,
        [
            "likely None by name, 0.9989",
            "p1 0.9989",
            "  for key_of_several_arrivals key=pstn arrivals=2 +6.21; base_rate +0.64",
            "  against ",
            "device_name",
            "key_of_several_arrivals key=pstn arrivals=2",
            "not_sure_enough",
        ],
    ),
    (
        "a link that went round and was ruled out leaves a walk in",
        [{"name": "张三", "tag": "t"}],
        True,
        [{"tags": ("t",), "shown": "张三"}, {"tags": ("t",)}],
        Earlier(rejected={("a0", "p0")}),
        [
            "none None by None, 1.0000",
            "key_of_several_arrivals key=tag arrivals=2",
            "rejected_name",
        ],
    ),
    (
        "an unlisted host of the own staff is set aside for both",
        [{"name": "张三"}],
        False,
        [{"shown": "x", "is_host": True, "is_staff": True}],
        NOTHING_SAID,
        [
            "ignored None by None, 1.0000",
            "is_host",
            "is_staff",
        ],
    ),
    (
        "a robot of the host is set aside for both",
        [{"name": "张三"}],
        True,
        [{"names": ("录制机器人", "欧阳国强"), "is_host": True}],
        NOTHING_SAID,
        [
            "ignored None by None, 1.0000",
            "is_host",
            "robot",
        ],
    ),
    (
        "a name only written alike among strangers is a walk in",
        [{"name": "张晓明"}],
        True,
        [{"shown": "张晓鹏"}, {"shown": "欧阳国强"}, {"shown": "欧阳国强"}, {"shown": "欧阳国强"}],
        NOTHING_SAID,
        [
            "likely None by name, 0.7112",
            "p0 0.7112",
            "  for name_typo said=张晓鹏 +5.47",
            "  against base_rate -4.57",
            "not_sure_enough",
        ],
    ),
    (
        "a second device is told as such",
        [{"name": "张三", "userid": "u"}],
        True,
        [{"shown": "张三"}, {"userid": "u"}],
        NOTHING_SAID,
        [
            "certain p0 by name, 0.9999",
            "p0 0.9999",
            "  for name_exact said=张三 +10.76",
            "  against base_rate -1.86",
            "name_exact said=张三 +10.76",
            "base_rate -1.86",
            "already_here",
        ],
    ),
    (
        "keys that differ and keys that are missing are told apart",
        [
            {
                "name": "张三",
                "userid": "u",
                "enroll_id": "e",
                "tag": "t",
                "phone_hashes": ("A",),
                "open_id": "o",
                "phone_key": "k",
                "ms_open_ids": ("m",),
            },
            {"name": "李四"},
        ],
        False,
        [{"userid": "u", "open_id": "x", "ms_open_id": "y", "shown": "张三"}],
        NOTHING_SAID,
        [
            "certain p0 by userid, 0.9999",
            "p0 0.9999",
            "  for key_agrees key=userid +9.21; name_agrees",
            "  against key_differs key=open_id; key_differs key=ms_open_id; keys_missing keys=enroll_id,app_phone,phone_hash",
            "key_agrees key=userid +9.21",
            "name_agrees",
            "key_differs key=open_id",
            "key_differs key=ms_open_id",
            "keys_missing keys=enroll_id,app_phone,phone_hash",
        ],
    ),
    (
        "two rows of one person are no conflict",
        [{"name": "张三", "phone_key": "k", "userid": "u"}, {"name": "张三", "phone_key": "k", "open_id": "o"}],
        True,
        [{"userid": "u", "open_id": "o", "shown": "张三"}],
        NOTHING_SAID,
        [
            "certain p0 by userid, 1.0000",
            "p0 1.0000",
            "  for key_agrees key=userid +9.21; key_agrees key=open_id +9.21; name_agrees",
            "  against keys_missing keys=app_phone",
            "key_agrees key=userid +9.21",
            "key_agrees key=open_id +9.21",
            "name_agrees",
            "keys_missing keys=app_phone",
        ],
    ),
    (
        "twins are told as rivals",
        [{"name": "张晓明", "company": "华泰证券"}, {"name": "张晓明", "company": "青松贸易"}],
        True,
        [{"shown": "张晓明-青松"}],
        NOTHING_SAID,
        [
            "likely None by name, 0.9940",
            "p1 0.9940",
            "  for name_exact said=张晓明 +4.69; company_agrees said=青松 company=青松贸易 +3.26",
            "  against base_rate -2.63; rivals -0.21",
            "p0 0.0011",
            "  for name_exact said=张晓明 +4.69",
            "  against company_differs said=青松 company=华泰证券 -3.51; base_rate -2.63; rivals -5.33",
            "several_carry_it people=2",
            "not_sure_enough",
        ],
    ),
    (
        "two listed people in one name are both proposed",
        [{"name": "张晓明"}, {"name": "李国强"}],
        True,
        [{"shown": "张晓明&李国强"}],
        NOTHING_SAID,
        [
            "likely None by name, 0.5107",
            "p0 0.5107",
            "  for name_exact said=张晓明 +14.81",
            "  against base_rate -2.62; rivals -12.15",
            "p1 0.4893",
            "  for name_exact said=李国强 +14.77",
            "  against base_rate -2.62; rivals -12.19",
            "two_people said=张晓明、李国强",
            "not_sure_enough",
        ],
    ),
    (
        "an assistant is told by the word",
        [{"name": "张晓明"}],
        True,
        [{"shown": "张晓明助理"}],
        NOTHING_SAID,
        [
            "likely None by name, 1.0000",
            "p0 1.0000",
            "  for name_titled said=张晓明 +14.79",
            "  against base_rate -2.60",
            "stands_in said=助理",
            "not_sure_enough",
        ],
    ),
    (
        "a crowd is counted",
        [{"name": "张伟"}] * 61,
        False,
        [{"shown": "张伟-青松"}],
        NOTHING_SAID,
        [
            "none None by None, 1.0000",
            "crowd people=61",
        ],
    ),
    (
        "a remembered person against a hash is a conflict",
        [{"name": "张三", "phone_hashes": ("AB",)}, {"name": "李四"}],
        False,
        [{"phone_hash": "AB"}],
        Earlier(remembered={"a0": "p1"}),
        [
            "conflict None by phone_hash, 0.5000",
            "p0 0.5000",
            "  for key_agrees key=phone_hash +6.21",
            "  against key_names_other key=remembered -5.81; rivals -0.41",
            "p1 0.5000",
            "  for key_agrees key=remembered +5.81",
            "  against key_names_other key=phone_hash -6.21; rivals +0.41",
            "keys_disagree keys=phone_hash,remembered",
        ],
    ),
]


@pytest.mark.parametrize(("_", "listed", "crowd", "came", "said", "told"), CASES)
def test_the_account_of_a_case(
    _: str, listed: list[Row], crowd: bool, came: list[Row], said: Earlier, told: list[str]
) -> None:
    expected = people(*listed, *(CROWD if crowd else ()))
    assert account(decide(expected, arrivals(*came), said, BALANCED).decisions[0]) == told
