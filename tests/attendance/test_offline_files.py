"""What the offline door reads: lists in any encoding and order, phones in any spelling, names packed or plain."""

import base64
import codecs
import csv
import json
from io import StringIO
from pathlib import Path

import pytest

from attendance.matching import Decision, Reason, Tier
from attendance.offline import expected, results, shown, visits
from tests.factories import PHONE_BLOCK

NUMBER = f"{PHONE_BLOCK}0101"
HEADINGS = "报名ID,姓名,手机号,邮箱,公司,职务,专属链接,userid"
PERSON = f"1386442,林晓棠,{NUMBER},lin@example.cn,星河证券,研究员,seat-1,lin"


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def read(tmp_path: Path):
    def reader(content: str | bytes) -> expected.Expected:
        path = tmp_path / "LIST.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return expected.read(path)

    return reader


def columns(listed: expected.Expected) -> dict[str, list[str]]:
    people = listed.people
    names = ("name", "company", "title", "tag", "enroll_id", "userid", "phone_tail")
    return {name: list(getattr(people, name)) for name in names if any(getattr(people, name))}


WHOLE = {"name": ["林晓棠"], "company": ["星河证券"], "title": ["研究员"], "tag": ["seat-1"], "enroll_id": ["1386442"],
         "userid": ["lin"], "phone_tail": ["0101"]}  # fmt: skip


@pytest.mark.parametrize(
    "headings",
    [
        HEADINGS,
        "enroll_id,name,phone,email,company,title,tag,userid",
        "Enroll ID,Name,PHONE,Email,Company,Title,Tag,UserID",
        " 报名id , 姓名*,手机号（必填）,邮箱,公司,职务,专属链接(customer_data),userid",
        "报名ID,参会人姓名,联系电话,电子邮箱,单位,职位,专属链接,userid",
    ],
)
def test_headings_are_known_in_both_languages_and_as_people_write_them(read, headings: str) -> None:
    assert columns(read(f"{headings}\n{PERSON}\n")) == WHOLE


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (b"", "gb18030"), (codecs.BOM_UTF16_LE, "utf-16-le"),
     (codecs.BOM_UTF16_BE, "utf-16-be"), (b"", "utf-16-le")],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_a_list_is_read_in_every_encoding_line_end_and_delimiter(
    read, mark: bytes, encoding: str, end: str, sign: str
) -> None:
    text = end.join([HEADINGS, PERSON, ""]).replace(",", sign)
    assert columns(read(mark + text.encode(encoding))) == WHOLE


def test_any_columns_in_any_order_with_others_between_them(read) -> None:
    assert columns(read("备注,userid,姓名,会场\nx,lin,林晓棠,北京\ny,,赵启明\n")) == {
        "name": ["林晓棠", "赵启明"], "userid": ["lin", ""],
    }  # fmt: skip


def test_an_exact_heading_wins_over_a_likely_one_and_the_first_of_two_alike(read) -> None:
    assert columns(read("联系人,姓名,姓名\n甲,乙,丙\n"))["name"] == ["乙"]
    assert columns(read("联系人,参会人\n甲,乙\n"))["name"] == ["甲"]


def test_headings_may_stand_under_blank_lines(read) -> None:
    assert columns(read("\n  \n,\n姓名\n林晓棠\n"))["name"] == ["林晓棠"]


def test_a_list_of_one_column_needs_no_delimiter(read) -> None:
    assert columns(read("姓名\n林晓棠\n司马 嘉禾\n"))["name"] == ["林晓棠", "司马 嘉禾"]


AWKWARD = '\n\n姓名,公司\n甲一,星河\n\n\n乙二,"北辰\n\n基金"\n,\n   \n丙三,"明德, ""东"" 院"\n'


def test_the_data_row_is_the_record_after_the_headings_as_the_csv_module_reads_it(read) -> None:
    people = read(AWKWARD).people
    by_module = list(csv.DictReader(StringIO(AWKWARD.lstrip("\n"), newline="")))
    assert [(row["姓名"].strip(), row["公司"] or "") for row in by_module] == list(
        zip(people.name, people.company, strict=True)
    )
    assert list(people.id) == [0, 1, 2, 3, 4]
    assert (people.name[1], people.name[4]) == ("乙二", "丙三")


def test_a_number_that_became_a_fraction_is_still_the_registration(read) -> None:
    assert columns(read("报名ID,姓名\n1386442.0,甲一\n13339451618,乙二\n"))["enroll_id"] == ["1386442", "13339451618"]


@pytest.mark.parametrize(
    "written",
    [
        NUMBER, f"+86{NUMBER}", f"86{NUMBER}", f"0086{NUMBER}", f"+86 {NUMBER}", f"+86-{NUMBER}", f"(+86){NUMBER}",
        "138 0000 0101", "138-0000-0101", "138 00000101", "1380000 0101", "(138) 0000-0101", "138.0000.0101",
        "１３８００００ ０１０１", "+86 (138) 0000-0101", f"{NUMBER}.0", "1.3800000101E10", f" {NUMBER}\t",
        f"\u200b{NUMBER}\u202c",
        f"tel:{NUMBER}", f"{NUMBER}（微信同号）", f"手机：{NUMBER}", f"'{NUMBER}", f"{NUMBER}转8",
        "138–0000–0101", "138—0000—0101",
        "138\u00a00000\u00a00101", f"00 86 {NUMBER}",
    ],
)  # fmt: skip
def test_a_mobile_is_known_in_every_spelling(written: str) -> None:
    assert [phone.e164 for phone in expected.phone_numbers(written)] == [f"+86{NUMBER}"]


@pytest.mark.parametrize(
    "written",
    ["", "无", "-", "N/A", "12345", "1.38E+10", "1.3800000E+10", "138****0101", "138000001", "lin@example.cn"],
)
def test_a_phone_nobody_can_read_is_no_key_and_no_error(written: str) -> None:
    assert expected.phone_numbers(written) == ()


def test_a_cell_of_two_numbers_gives_both_and_the_hidden_middle_leaves_the_ending(read) -> None:
    listed = read(
        f"姓名,手机号\n甲一,{NUMBER}/{PHONE_BLOCK}0102\n乙二,138****0103\n丙三,+852 9123 4567\n丁四,1.3800000E+10\n"
    )
    assert [[phone.e164 for phone in each] for each in listed.numbers] == [
        [f"+86{NUMBER}", f"+86{PHONE_BLOCK}0102"], [], ["+85291234567"], [],
    ]  # fmt: skip
    assert list(listed.people.phone_tail) == ["0101", "0103", "4567", ""]
    assert list(listed.people.phone_head) == [NUMBER[:3], "138", "", ""]


PLAIN = ["Lisa", "Lily", "zhangsan", "Tom Li", "林晓棠", "iPhone", "13800000101", "Anna", "", "test"]


@pytest.mark.parametrize("carried", [[packed(name) for name in PLAIN], PLAIN])
def test_names_are_read_packed_or_plain(carried: list[str]) -> None:
    assert shown.names(carried) == PLAIN


def test_a_plain_name_among_packed_ones_stays_and_a_packed_one_among_plain_ones_is_read() -> None:
    assert shown.names([packed("林晓棠"), packed("Lisa"), "赵启明", "Lisa"]) == ["林晓棠", "Lisa", "赵启明", "Lisa"]
    assert shown.names(["林晓棠", "Lisa", "赵启明", packed("司马嘉禾")]) == ["林晓棠", "Lisa", "赵启明", "司马嘉禾"]


def test_a_packed_name_without_padding_or_with_a_damaged_byte_is_read() -> None:
    damaged = base64.b64encode("林晓棠".encode() + b"\xff").decode()
    assert shown.names([packed("林晓棠a").rstrip("="), damaged, packed("👩‍⚕️小林")]) == [
        "林晓棠a",
        "林晓棠\ufffd",
        "👩‍⚕️小林",
    ]


def test_answers_of_the_platform_are_read_as_they_came(tmp_path: Path) -> None:
    rows = [{"ms_open_id": f"m{at}", "user_name": packed("林晓棠")} for at in range(3)]
    path = tmp_path / "VISITS.json"
    shapes = [rows, {"meeting_id": "1", "participants": rows}, [{"participants": rows[:2]}, {"participants": rows[2:]}],
              [{"participants": rows}, {"participants": None}, {"participants": []}]]  # fmt: skip
    for shape in shapes:
        path.write_text(json.dumps(shape))
        assert list(visits.read(path).of_visit) == ["m0", "m1", "m2"]


def test_fields_may_be_numbers_texts_null_or_missing(tmp_path: Path) -> None:
    path = tmp_path / "VISITS.json"
    path.write_text(
        '\ufeff[{"ms_open_id": 7, "userid": 42, "open_id": null, "phone": NaN, "join_time": "1760000000", "instanceid": "3", '
        '"user_role": "2"}, {"ms_open_id": "7", "join_time": 1760000100.0, "join_type": 2}]'
    )
    ((label, one),) = visits.read(path).identities.items()
    assert (label, one.userid, one.open_id, one.phone_hash, one.hosting) == ("7", "42", "", "", [1760000000])
    assert [stay.join for stay in one.stays] == [1760000000, 1760000100]


def test_visits_are_taken_as_people_joined_those_without_a_time_first(tmp_path: Path) -> None:
    path = tmp_path / "VISITS.json"
    times = {"丙": "1760000200", "乙": 1760000100, "甲": None}
    path.write_text(
        json.dumps([{"ms_open_id": "a", "user_name": packed(name), "join_time": at} for name, at in times.items()])
    )
    (one,) = visits.read(path).identities.values()
    assert list(one.names) == ["甲", "乙", "丙"]


def test_a_reason_is_no_formula_and_holds_no_whole_phone() -> None:
    said = Decision("a", Tier.NONE, None, None, 1.0, (), (Reason("name_exact", (("said", f"{NUMBER}\n林"),)),))
    *_, reason = results.Lines(lambda sentence: f"={sentence}").of(said, 0)
    assert reason == "'=The displayed name is the person's name (138****0101 林)."


def test_the_map_takes_numbers_and_texts(tmp_path: Path) -> None:
    path = tmp_path / "MAP.json"
    path.write_text('{"a": 1386442, "b": "1386443", "c": 1386444.0, "d": null}')
    assert visits.enrolments(path) == {"a": "1386442", "b": "1386443", "c": "1386444", "d": ""}
