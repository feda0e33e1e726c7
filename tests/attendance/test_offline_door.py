"""The offline door as a stranger uses it: three files and a command in, one line a visit out, no database."""

import base64
import csv
import hashlib
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories import PHONE_BLOCK

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
SECRET, FORMER = "AKID-now", "AKID-before"
Line = dict[str, str]


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def link(tag: str) -> str:
    return packed(json.dumps({"ver": "1.0", "userData": tag}))


def hashed(number: str, secret: str = SECRET) -> str:
    return hashlib.sha256(f"{number}/{secret}".encode()).hexdigest().upper()


def row(who: str, name: str = "?", **fields: object) -> dict[str, object]:
    return {"ms_open_id": who, "user_name": packed(name), "join_type": 1, "instanceid": 1, **fields}


class Door:
    """A folder with the files of one room."""

    def __init__(self, place: Path) -> None:
        self.place, self.said = place, ""

    def people(self, text: str | bytes) -> "Door":
        (self.place / "LIST.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def visits(self, *rows: object) -> "Door":
        return self.json("VISITS.json", list(rows))

    def json(self, name: str, value: object) -> "Door":
        (self.place / name).write_text(json.dumps(value), encoding="utf-8")
        return self

    def run(self, *more: str) -> list[Line]:
        out, said = self.place / "RESULT.csv", StringIO()
        files = [
            f"--expected={self.place / 'LIST.csv'}",
            f"--participants={self.place / 'VISITS.json'}",
            f"--out={out}",
        ]
        call_command("match", *files, "--language=en", *more, stdout=said)
        self.said = said.getvalue()
        with out.open(encoding="utf-8", newline="") as text:
            return list(csv.DictReader(text))

    def refused(self, *more: str) -> str:
        with pytest.raises(CommandError) as refusal:
            self.run(*more)
        assert sorted(path.name for path in self.place.iterdir() if "RESULT" in path.name) == []
        return str(refusal.value).replace(f"{self.place}/", "")


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def shown(lines: list[Line], *columns: str) -> list[tuple[str, ...]]:
    return [tuple(line[column] for column in columns) for line in lines]


def decided(result: Path) -> list[list[str]]:
    """Give a result without confidence and reason, whose figures and words change with the policy."""
    with result.open(encoding="utf-8", newline="") as text:
        return [line[:5] for line in csv.reader(text)]


def test_the_examples_are_what_the_command_writes_without_database_or_broker(tmp_path: Path) -> None:
    out = tmp_path / "RESULT.csv"
    nowhere = {"DATABASE_URL": "postgres://nobody:none@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    command = [sys.executable, "manage.py", "match", "--expected", EXAMPLES / "LIST.csv", "--participants",
               EXAMPLES / "VISITS.json", "--enrolments", EXAMPLES / "MAP.json", "--secret-id", "AKID-example",
               "--out", out]  # fmt: skip
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | nowhere
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith("13 visits, 11 participants, 9 expected: certain ")
    assert decided(out) == decided(EXAMPLES / "RESULT.csv")
    assert {line[4] for line in decided(out)} >= {"tag", "enrolment", "userid", "phone_hash", "name", ""}


def test_every_key_decides_and_is_named_as_agreed(door: Door) -> None:
    door.people(
        "报名ID,姓名,手机号,专属链接,userid\n"
        f",林晓棠,,{link('t1')},\n"
        "1386442,赵启明,,,\n"
        ",梁思齐,,,00042\n"
        f",单雨桐,{PHONE_BLOCK}0104,,\n"
        ",欧阳若兰,,,\n"
    )
    door.visits(
        row("a", customer_data=link("t1")), row("b"), row("c", userid="00042"), row("d", phone=hashed(f"{PHONE_BLOCK}0104")),
        row("e", "欧阳若兰"), row("f", "路人甲"),
    ).json("MAP.json", {"b": 1386442, "f": None})  # fmt: skip
    lines = door.run("--secret-id", SECRET, "--enrolments", str(door.place / "MAP.json"))
    assert shown(lines, "visit", "tier", "row", "key") == [
        ("0", "certain", "0", "tag"), ("1", "certain", "1", "enrolment"), ("2", "certain", "2", "userid"),
        ("3", "certain", "3", "phone_hash"), ("4", "certain", "4", "name"), ("5", "none", "", ""),
    ]  # fmt: skip
    assert all(0 <= float(line["confidence"]) <= 1 and line["reason"] for line in lines)
    assert (
        "6 visits, 6 participants, 5 expected: certain 5, likely 0, conflict 0, none 1; policy balanced-" in door.said
    )
    assert "MB" in door.said


def test_strict_lets_a_name_only_propose(door: Door) -> None:
    door.people("name\n欧阳若兰\n").visits(row("a", "欧阳若兰"))
    assert shown(door.run("--policy", "strict"), "tier", "row", "key") == [("likely", "0", "name")]


def test_a_link_is_known_raw_and_decoded(door: Door) -> None:
    door.people(f"tag,name\nseat-1,甲一\nplain text,乙二\n{link('seat-3')},丙三\n")
    door.visits(
        row("a", customer_data=link("seat-1")), row("b", customer_data="plain text"), row("c", customer_data="seat-3")
    )
    assert shown(door.run(), "row", "key") == [("0", "tag"), ("1", "tag"), ("2", "tag")]


def test_a_link_two_people_used_is_a_conflict_that_names_its_row(door: Door) -> None:
    door.people(f"专属链接,姓名\n{link('x')},甲一\n").visits(
        row("a", customer_data=link("x")), row("b", customer_data=link("x"))
    )
    assert shown(door.run(), "tier", "row", "key") == [("conflict", "0", "tag")] * 2


def test_twins_are_proposed_and_the_first_candidate_is_a_row_of_the_list(door: Door) -> None:
    door.people("姓名\n王芳\n王芳\n").visits(row("a", "王芳"))
    ((tier, at),) = shown(door.run(), "tier", "row")
    assert tier == "likely"
    assert at in {"0", "1"}


def test_visits_of_one_identity_share_a_participant_and_attached_rows_fold_in(door: Door) -> None:
    door.people("姓名\n林晓棠\n").visits(
        row("a", "林晓棠", join_time="100"), row("b", "路人甲"), row("a", "林晓棠", join_time="300", instanceid=4),
        row("a", "会议室电话", join_type=4, instanceid=0), row("a", "会议室电话", join_type="5", instanceid="0"),
    )  # fmt: skip
    lines = door.run()
    assert shown(lines, "participant", "tier") == [("0", "certain"), ("1", "none"), *[("0", "certain")] * 3]


def test_visits_without_identity_are_participants_of_their_own(door: Door) -> None:
    nameless = {"user_name": packed("路人甲")}
    door.people("姓名\n甲一\n").visits(nameless, nameless, row(""), row("", userid="u1"), row("", userid="u1"), {})
    assert shown(door.run(), "participant") == [("0",), ("1",), ("2",), ("3",), ("3",), ("4",)]


def test_a_row_without_identity_goes_to_the_one_whose_account_it_is(door: Door) -> None:
    attached = row("", "电话", uuid="u1", join_type=4)
    door.people("姓名\n林晓棠\n").visits(attached, row("a", "林晓棠", uuid="u1"), row("b", uuid="u2"))
    assert shown(door.run(), "participant") == [("0",), ("0",), ("1",)]


def test_a_participant_of_attached_rows_alone_has_the_name_these_show(door: Door) -> None:
    door.people("姓名\n林晓棠\n").visits(row("a", "林晓棠", join_type=2))
    assert shown(door.run(), "row") == [("0",)]


def test_the_order_of_the_visits_says_nothing(door: Door) -> None:
    rows = [row("a", "林晓棠", join_time="1"), row("a", "iPhone", join_time="2"), row("b", "林晓棠（北京）", join_time="3"),
            row("c", "赵启明", join_time="4", phone="00")]  # fmt: skip
    door.people("姓名,公司\n林晓棠,星河\n赵启明,北辰\n林小棠,明德\n").visits(*rows)
    forwards = door.run()
    backwards = door.visits(*reversed(rows)).run()
    columns = ("tier", "row", "key", "confidence", "reason")
    assert shown(forwards, *columns) == shown(backwards, *columns)[::-1]


@pytest.mark.parametrize("secret", [SECRET, FORMER])
@pytest.mark.parametrize("prefix", ["", "86", "+86", "0086"])
def test_hashes_of_former_secrets_and_every_prefix_are_known(door: Door, secret: str, prefix: str) -> None:
    number = f"{PHONE_BLOCK}0101"
    door.people(f"姓名,手机号\n甲一,+86 {number}\n乙二,{PHONE_BLOCK}0102\n")
    door.visits(row("a", phone=hashed(prefix + number, secret).lower()))
    assert shown(door.run("--secret-id", SECRET, "--secret-id", FORMER), "row", "key") == [("0", "phone_hash")]


def test_the_hash_of_no_number_and_one_that_two_carry_prove_nothing(door: Door) -> None:
    number = f"{PHONE_BLOCK}0101"
    door.people(f"姓名,手机号\n甲一,{number}\n乙二,\n").visits(
        row("a", phone=hashed("")), row("b", phone=hashed(number)), row("c", phone=hashed(number))
    )
    tiers = shown(door.run("--secret-id", SECRET), "tier", "key")
    assert tiers[0] == ("none", "")
    assert "certain" not in {tier for tier, _ in tiers}


def test_hashes_of_a_secret_nobody_gave_say_nothing(door: Door) -> None:
    number = f"{PHONE_BLOCK}0101"
    door.people(f"姓名,手机号\n林晓棠,{number}\n").visits(row("a", "林晓棠", phone=hashed(number, "other")))
    (line,) = door.run("--secret-id", SECRET)
    assert line["tier"] == "certain"
    assert "phone" not in line["reason"]


def test_a_caller_is_known_by_the_number(door: Door) -> None:
    door.people(f"姓名,手机号\n甲一,{PHONE_BLOCK}0101\n乙二,{PHONE_BLOCK}0102\n丙三,+852 9123 4567\n").visits(
        row("a", f"{PHONE_BLOCK}0101", join_type=0, instanceid=0),
        row("b", "来电", join_type=0, instanceid=0, pstn_number=f"0086{PHONE_BLOCK}0102"),
        row("c", "来电", join_type=6, pstn_number="0085291234567"),
    )
    assert shown(door.run(), "row", "key") == [("0", "pstn"), ("1", "pstn"), ("2", "pstn")]


def test_own_staff_who_are_on_no_list_are_nobody_with_a_reason(door: Door) -> None:
    door.people("姓名\n甲一\n").visits(row("a", "苏芸", is_enterprise_user=True), row("b", "主持人", user_role=3))
    lines = door.run()
    assert shown(lines, "tier", "row", "key") == [("none", "", "")] * 2
    assert ["staff" in lines[0]["reason"], "host" in lines[1]["reason"]] == [True, True]


def test_no_reason_is_a_formula_or_holds_a_whole_phone(door: Door) -> None:
    number = f"{PHONE_BLOCK}0101"
    door.people(f"姓名,公司,手机号\n林晓棠,=1+1证券,{number}\n").visits(
        row("a", f"=1+1证券-林晓棠 {number}"), row("=b", "@x")
    )
    text = (door.run(), (door.place / "RESULT.csv").read_text(encoding="utf-8"))[1]
    assert number not in text
    assert not [cell for line in csv.reader(StringIO(text)) for cell in line if cell.startswith(("=", "@", "+", "-"))]


def test_one_line_a_visit_whatever_a_name_holds(door: Door) -> None:
    door.people("姓名\n林晓棠\n").visits(row("a", "林晓棠\n总"), row("b", '"林晓棠", 总'))
    door.run()
    assert (door.place / "RESULT.csv").read_text(encoding="utf-8").count("\n") == 3


def test_an_empty_list_and_an_empty_meeting_are_no_errors(door: Door) -> None:
    assert shown(door.people("姓名,手机号\n").visits(row("a", "林晓棠")).run(), "tier", "row") == [("none", "")]
    assert door.people("姓名\n林晓棠\n").visits().run() == []
    assert (door.place / "RESULT.csv").read_text() == "visit,participant,tier,row,key,confidence,reason\n"
    assert door.people("姓名\n").run() == []


def test_reasons_come_in_either_language(door: Door) -> None:
    door.people("姓名\n林晓棠\n").visits(row("a", "路人甲"))
    assert door.run()[0]["reason"] == "Nobody on the list fits."
    assert door.run("--language=zh-hans")[0]["reason"] == "名单上没有相符的人。"


def test_the_same_files_give_the_same_bytes_and_write_over_the_former_result(door: Door) -> None:
    door.people("姓名\n王芳\n王芳\n林晓棠\n").visits(
        *(row(f"m{at}", name) for at, name in enumerate(["王芳", "林晓堂", "林总"]))
    )
    door.run()
    first = (door.place / "RESULT.csv").read_bytes()
    door.run()
    assert (door.place / "RESULT.csv").read_bytes() == first


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("LIST.csv", b"", "LIST.csv: is empty."),
        ("LIST.csv", b"\n \n", "LIST.csv: is empty."),
        ("LIST.csv", "\n编外,备忘\n1,2\n".encode(), "LIST.csv, line 2: none of the headings is known"),
        ("LIST.csv", '姓名,公司\n甲一,"星河\n乙二,北辰\n'.encode(), "LIST.csv, line 2: the quotes of a cell do not end"),
        ("LIST.csv", "姓名,公司\n甲一,星河\n\n乙二,北辰,上海\n".encode(), "LIST.csv, line 4: 3 cells under 2 headings."),
        ("LIST.csv", '姓名,公司\n"甲\n一",星河\n乙二,北辰,上海\n'.encode(), "LIST.csv, line 4: 3 cells under 2 headings."),
        ("LIST.csv", b"\x89PNG\x00\x01\x02\xff\xfe\x00" * 9, "LIST.csv, line 1: is"),
        ("VISITS.json", b"[{]", "VISITS.json, line 1, column 3: is no JSON"),
        ("VISITS.json", b"{}", "VISITS.json: an object where an array of participant rows was expected."),
        ("VISITS.json", b"7", "VISITS.json: a number where an array of participant rows was expected."),
        ("VISITS.json", b'[{"ms_open_id": "a"}, 7]', "VISITS.json, visit 1: a number where a participant row was expected."),
        ("VISITS.json", b'{"participants": "x"}', "VISITS.json, field participants: a text where an array was expected."),
        ("VISITS.json", b'[{}, {"ms_open_id": ["a"]}]', "VISITS.json, visit 1, field ms_open_id: an array where a text"),
        ("VISITS.json", b'[{"user_name": {"a": 1}}]', "VISITS.json, visit 0, field user_name: an object where a text"),
        ("VISITS.json", b"[" * 100_000, "VISITS.json: is no JSON that can be read."),
        ("MAP.json", b'["a"]', "MAP.json: an array where an object of ms_open_id and"),
        ("MAP.json", b'{"a": ["1"]}', "MAP.json, field a: an array where a 报名ID was expected."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_named_with_the_place(door: Door, name: str, content: bytes, said: str) -> None:
    door.people("姓名\n林晓棠\n").visits(row("a", "林晓棠")).json("MAP.json", {})
    (door.place / name).write_bytes(content)
    assert door.refused("--enrolments", str(door.place / "MAP.json")).startswith(said)


@pytest.mark.parametrize("missing", ["LIST.csv", "VISITS.json", "MAP.json"])
def test_a_file_that_is_not_there_is_named(door: Door, missing: str) -> None:
    door.people("姓名\n林晓棠\n").visits(row("a", "林晓棠")).json("MAP.json", {})
    (door.place / missing).unlink()
    refused = door.refused("--enrolments", str(door.place / "MAP.json"))
    assert refused == f"{missing}: cannot be read (No such file or directory)."


def test_the_result_goes_to_no_folder_that_is_missing_and_over_no_file_that_is_read(door: Door) -> None:
    door.people("姓名\n林晓棠\n").visits(row("a", "林晓棠"))
    with pytest.raises(CommandError, match="its folder does not exist"):
        door.run(f"--out={door.place / 'nowhere' / 'R.csv'}")
    before = (door.place / "LIST.csv").read_bytes()
    with pytest.raises(CommandError, match="is read, so it cannot be written"):
        door.run(f"--out={door.place / 'LIST.csv'}")
    assert (door.place / "LIST.csv").read_bytes() == before
    with pytest.raises(CommandError, match="is no file that could be written"):
        door.run(f"--out={door.place}")


def test_a_refused_file_leaves_the_former_result(door: Door) -> None:
    door.people("姓名\n林晓棠\n").visits(row("a", "林晓棠")).run()
    before = (door.place / "RESULT.csv").read_bytes()
    (door.place / "VISITS.json").write_bytes(b"[")
    with pytest.raises(CommandError):
        door.run()
    assert (door.place / "RESULT.csv").read_bytes() == before
