"""Reading, mapping and checking of list files: pure functions, no database."""

import time

import pytest

from meetings.lists import mapping, words
from meetings.lists.checking import Checked, Known, check
from meetings.lists.reading import Sheet, Unreadable, letter, read
from portal.crypto import index_hash
from tests.factories import phone
from tests.meetings.sheets import csv_file, sparse_bomb, xlsx_file, zip_bomb

HEADED = "姓名,手机号,公司\n"

# What is wrong with the file as a whole: name, bytes, code, place.
BAD_FILES = {
    "nothing in it": ("a.csv", b"", "empty", {}),
    "blanks only": ("a.csv", b"\n  \n", "empty", {}),
    "a sheet with nothing in it": ("a.xlsx", xlsx_file([]), "empty", {"sheet": ""}),
    "no heading row": ("a.csv", csv_file("张三,13800000001\n"), "no_header", {"line": 1, "sheet": ""}),
    "no heading row in a sheet": (
        "a.xlsx",
        xlsx_file([["张三", 1]]),
        "no_header",
        {"line": 1, "sheet": "名单"},
    ),
    "headings only": ("a.csv", csv_file(HEADED), "no_rows", {"line": 1, "sheet": ""}),
    "another kind of file": (
        "a.pdf",
        b"%PDF-1.7",
        "wrong_type",
        {"extensions": "csv, txt, tsv, xlsx, xlsm, xls, ods"},
    ),
    "no extension": (
        "list",
        csv_file(HEADED),
        "wrong_type",
        {"extensions": "csv, txt, tsv, xlsx, xlsm, xls, ods"},
    ),
    "a program with a list's name": ("a.csv", b"MZ\x90\x00\x03\x00", "encoding", {"line": 1}),
    "a web page as a spreadsheet": ("a.xls", b"<html><table>", "web_page", {}),
    "a cut workbook": ("a.xlsx", xlsx_file([["姓名"], ["张三"]])[:900], "broken", {}),
    "a zip that is no workbook": ("a.xlsx", zip_bomb(1), "broken", {"sheet": "", "limit": 0}),
    "an old workbook that is none": (
        "a.xls",
        b"\xd0\xcf\x11\xe0" + b"0" * 600,
        "broken",
        {"sheet": "", "limit": 0},
    ),
    "a zip bomb": ("a.xlsx", zip_bomb(101), "unpacked", {"limit": 100}),
    "two cells far apart": ("a.xlsx", sparse_bomb(), "unpacked", {"limit": 100}),
    "too many megabytes": ("a.csv", b"a" * (10 * 1024 * 1024 + 1), "too_big", {"limit": 10}),
    "too many rows": (
        "a.csv",
        csv_file("姓名\n" + "张三\n" * 100_100),
        "rows",
        {"sheet": "", "limit": 100_000},
    ),
    "too many columns": (
        "a.csv",
        csv_file("姓名" + ",x" * 60 + "\n张三\n"),
        "columns",
        {"line": 1, "limit": 60, "sheet": ""},
    ),
    "a NUL byte": ("a.csv", csv_file(HEADED + "张三,1380000\x000001,\n"), "binary", {"line": 2}),
    "bytes of no encoding": ("a.csv", csv_file(HEADED) + b"\xff\xff,\n", "encoding", {"line": 2}),
    "a quotation mark left open": (
        "a.csv",
        csv_file(HEADED + '张三,,\n"李四,,\n王五,,\n'),
        "quotes",
        {"line": 3},
    ),
}


@pytest.mark.parametrize(("file_name", "body", "code", "place"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_is_refused_with_its_reason_and_place(
    file_name: str, body: bytes, code: str, place: dict
) -> None:
    begun = time.monotonic()
    with pytest.raises(Unreadable) as caught:
        read(file_name, body)
    assert (caught.value.code, caught.value.place) == (code, place)
    assert time.monotonic() - begun < 2
    assert words.of_file(caught.value)


SAME = [("张三", "13800000001"), ("李四", "13800000002")]
SHAPES = {
    "UTF-8": ("a.csv", csv_file("姓名,手机号\n张三,13800000001\n李四,13800000002\n")),
    "UTF-8 with a mark": (
        "a.csv",
        csv_file("姓名,手机号\n张三,13800000001\n李四,13800000002\n", "utf-8-sig"),
    ),
    "GB18030": ("a.csv", csv_file("姓名,手机号\n张三,13800000001\n李四,13800000002\n", "gb18030")),
    "UTF-16": ("a.txt", csv_file("姓名\t手机号\n张三\t13800000001\n李四\t13800000002\n", "utf-16")),
    "semicolons": ("a.csv", csv_file("姓名;手机号\n张三;13800000001\n李四;13800000002\n")),
    "quoted headings": ("a.csv", csv_file('"姓名";"手机号"\n"张三";"13800000001"\n"李四";"13800000002"\n')),
    "old line ends": ("a.csv", csv_file("姓名,手机号\r张三,13800000001\r李四,13800000002\r")),
    "numbers in a sheet": (
        "a.xlsx",
        xlsx_file([["姓名", "手机号"], ["张三", 13800000001], ["李四", 13800000002.0]]),
    ),
    "a title and blank rows": (
        "a.xlsx",
        xlsx_file(
            [["2026 秋季路演名单"], [], ["姓名", "手机号"], ["张三", 13800000001], [], ["李四", 13800000002]]
        ),
    ),
    "a sheet under a text's name": (
        "a.csv",
        xlsx_file([["姓名", "手机号"], ["张三", 13800000001], ["李四", 13800000002]]),
    ),
}


@pytest.mark.parametrize(("file_name", "body"), SHAPES.values(), ids=SHAPES.keys())
def test_a_list_reads_the_same_in_every_shape(file_name: str, body: bytes) -> None:
    sheet = read(file_name, body)
    assert sheet.columns == ("姓名", "手机号")
    assert [line.cells for line in sheet.rows] == SAME


def test_lines_are_numbered_as_a_spreadsheet_shows_them() -> None:
    sheet = read("a.xlsx", xlsx_file([["名单"], [], ["姓名"], ["张三"], [], ["李四"]]))
    assert (sheet.header_line, [line.number for line in sheet.rows]) == (3, [4, 6])


def test_columns_have_letters_where_headings_are_missing() -> None:
    assert [letter(0), letter(25), letter(26), letter(701), letter(702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_headings_in_both_languages_are_mapped_and_contents_help() -> None:
    sheet = read(
        "a.csv",
        csv_file("Full Name,手机号码（必填）,单位,谁的,城市,报名ID\n张三,13800000001,星河,a@b.cn,上海,7\n"),
    )
    assert mapping.propose(sheet) == ["name", "phone", "company", "email", "keep", "ours"]


def test_a_mapping_needs_a_name_and_each_field_once() -> None:
    assert mapping.faults(["phone", "phone"]) == ["no_name", "field_twice"]
    assert mapping.faults(["name", "keep", "keep", "ours", "ours"]) == []


def checked(text: str, *known: Known) -> Checked:
    sheet = read("a.csv", csv_file(text))
    return check(sheet, mapping.propose(sheet), known)


def faults(text: str) -> list[tuple[int, str, str, str, int]]:
    return [(f.line, f.column, f.value, f.reason, f.other) for f in checked(text).faults]


BAD_ROWS = {
    "no name": (",13800000001,,,", (2, "姓名", "", "name_missing", 0)),
    "letters in a phone": ("张三,1380000abcd,,,", (2, "手机号", "1380000abcd", "phone_letters", 0)),
    "a mobile with a digit missing": ("张三,1380000001,,,", (2, "手机号", "138***0001", "phone_length", 0)),
    "a mobile with a digit more": ("张三,138000000011,,,", (2, "手机号", "138*****0011", "phone_length", 0)),
    "a phone too short": ("张三,138,,,", (2, "手机号", "138", "phone_length", 0)),
    "a phone too long": ("张三,138000000011234,,,", (2, "手机号", "138********1234", "phone_length", 0)),
    "two phones": (
        "张三,13800000001/13800000002,,,",
        (2, "手机号", "138********/*******0002", "phone_several", 0),
    ),
    "a masked phone": ("张三,138****0001,,,", (2, "手机号", "138****0001", "phone_masked", 0)),
    "no address": ("张三,,a.b.cn,,", (2, "邮箱", "a.b.cn", "email_wrong", 0)),
    "a phone as a code": ("张三,,,13800000001,", (2, "编号", "138****0001", "key_is_phone", 0)),
    "a cell of 200 KB": ("张三,,,," + "长" * 200_000, (2, "备注", "长" * 40 + "… (200000)", "too_long", 0)),
    "a cell too many": ("张三,,,,,x", (2, "F", "x", "extra_cell", 0)),
    "the same phone": (
        "张三,13800000001,,,\n李四,138 0000 0001,,,",
        (3, "手机号", "138****0001", "phone_twice", 2),
    ),
    "the same code": ("张三,,,A1,\n李四,,,A1,", (3, "编号", "A1", "code_twice", 2)),
    "the same name and nothing else": ("张三,,,,\n张三,,,,", (3, "姓名", "张三", "name_twice", 2)),
}


@pytest.mark.parametrize(("rows", "fault"), BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_bad_row_is_named_by_line_column_value_and_reason(rows: str, fault: tuple) -> None:
    text = f"姓名,手机号,邮箱,编号,备注\n{rows}\n"
    assert faults(text) == [fault]
    assert words.of_row(checked(text).faults[0])


def test_a_bad_row_leaves_the_others_alone() -> None:
    result = checked("姓名,手机号\n张三,13800000001\n李四,abc\n王五,\n")
    assert [entry.values for entry in result.accepted] == [
        {"name": "张三", "phone": phone(1)},
        {"name": "王五"},
    ]


def test_twins_with_different_phones_stay_two() -> None:
    result = checked("姓名,手机号\n张三,13800000001\n张三,13800000002\n")
    assert (len(result.new), result.faults) == (2, ())


def test_phones_hide_wherever_they_stand() -> None:
    entry = checked("姓名,备注,秘书\n张三,转 13800000009,13800000008 王\n").accepted[0]
    assert (entry.values["note"], entry.extra) == ("转 138****0009", {"秘书": "138****0008 王"})


def known(pk: int, number: int | None = None, removed: bool = False, **values: str) -> Known:
    index = index_hash("phone", phone(number)) if number is not None else ""
    return Known(pk, index, values, {}, removed)


def people(text: str, *list_: Known) -> list[int | None]:
    return [entry.person for entry in checked(text, *list_).accepted]


def test_rows_meet_the_list_by_phone_then_code_then_staff_id_then_unique_name() -> None:
    text = "姓名,手机号,编号,工号,公司\n甲,13800000001,,,\n乙,,A2,,\n丙,,,s3,\n丁,,,,星河\n戊,,,,\n"
    list_ = [
        known(1, 1, name="甲"),
        known(2, code="A2"),
        known(3, userid="s3"),
        known(4, name="丁", company="星河"),
    ]
    assert people(text, *list_) == [1, 2, 3, 4, None]


def test_a_name_that_two_could_carry_meets_nobody() -> None:
    assert people("姓名\n张三\n", known(1, 1, name="张三"), known(2, 2, name="张三")) == [None]
    assert people("姓名,手机号\n张三,13800000001\n张三,13800000002\n", known(1, name="张三")) == [None, None]
    assert people("姓名,手机号\n张三,13800000002\n", known(1, 1, name="张三")) == [None]


def test_keys_of_two_people_in_one_row_are_a_fault() -> None:
    result = checked("姓名,手机号,编号\n张三,13800000001,A2\n", known(1, 1), known(2, code="A2"))
    assert [(f.line, f.column, f.value, f.reason) for f in result.faults] == [
        (2, "编号", "A2", "keys_disagree")
    ]


def test_two_rows_for_one_person_are_a_fault_that_names_both_lines() -> None:
    result = checked("姓名,手机号,编号\n张三,13800000001,\n李四,,A1\n", known(1, 1, code="A1"))
    assert [(f.line, f.reason, f.other) for f in result.faults] == [(3, "same_person", 2)]


def test_new_changed_unchanged_and_missing_are_told_apart() -> None:
    list_ = [
        known(1, 1, name="甲", company="旧"),
        known(2, 2, name="乙"),
        known(3, 3, name="丙"),
        known(4, 4, True, name="丁"),
    ]
    text = "姓名,手机号,公司\n甲,13800000001,新\n乙,13800000002,\n丁,13800000004,\n戊,13800000005,\n"
    result = checked(text, *list_)
    assert [entry.line for entry in result.new] == [4, 5]
    assert [(entry.line, entry.changes) for entry in result.changed] == [(2, ("company",))]
    assert [entry.line for entry in result.unchanged] == [3]
    assert result.missing == (3,)


def test_somebody_on_the_list_wins_over_somebody_removed() -> None:
    assert people("姓名,编号\n甲,A1\n", known(1, removed=True, code="A1"), known(2, code="A1")) == [2]


def test_five_thousand_rows_are_read_and_checked() -> None:
    rows = [["姓名", "手机号"], *([f"客户{number}", 13800000000 + number] for number in range(5000))]
    body = xlsx_file(rows)
    sheet: Sheet = read("a.xlsx", body)
    result = check(sheet, mapping.propose(sheet), [])
    assert (len(result.accepted), len(result.faults)) == (5000, 0)
