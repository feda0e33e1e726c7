"""What the rows of a batch would do: faults, doubts, twins, who is who, who is missing. Pure: no database."""

import ast
import gc
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.lists import rows, values, words
from meetings.lists.checking import LEAVE, MERGE, Checked, Known, check
from meetings.lists.headings import FIELDS, field_of
from meetings.lists.mapping import propose
from meetings.lists.rows import Reader, Row
from portal.crypto import index_hash
from tests.factories import phone

HEADED = "姓名,手机号,邮箱,编号,备注"


def reader_of(columns: str) -> Reader:
    headings = columns.split(",")
    return Reader(headings, [field_of(heading) or "keep" for heading in headings])


def checked(text: str, *known: Known, choices: Mapping[int, str] | None = None, going: Sequence[int] = ()) -> Checked:
    columns, *lines = text.strip("\n").split("\n")
    cells = [(line, line - 2, row.split(",")) for line, row in enumerate(lines, 2)]
    return check(reader_of(columns), cells, known, choices, going)


def known(pk: int, number: int | None = None, *, removed: bool = False, listed: bool = True, **told: str) -> Known:
    index = index_hash("phone", phone(number)) if number is not None else ""
    return Known(pk, index, rows.told_by(told)[: len(FIELDS)], {}, removed, listed)


def effects(result: Checked) -> list[tuple[str, int | None]]:
    return [(each.effect, each.person) for each in result.outcomes]


def reasons(result: Checked) -> list[tuple[int, str, int | None, int]]:
    """Line, reason, column and other line of every row with a fault or a doubt."""
    found = (each.row for each in result.outcomes if each.row.reason)
    return [(row.line, row.reason, row.column, row.other) for row in found]


FAULTY_ROWS = {
    "no name": (",13800000001,,,", (2, "name_missing", 0, 0)),
    "a name not known yet": ("待定,13800000001,,,", (2, "name_missing", 0, 0)),
    "a mobile with a digit missing": ("张三,1380000001,,,", (2, "phone_length", 1, 0)),
    "no address": ("张三,,a.b.cn,,", (2, "email_wrong", 2, 0)),
    "a phone as a code": ("张三,,,13800000001,", (2, "key_is_phone", 3, 0)),
    "a long cell": ("张三,,,," + "长" * 501, (2, "too_long", 4, 0)),
    "a cell of 200 KB": ("张三,,,," + "长" * 200_000, (2, "too_long", 4, 0)),
    "a cell too many": ("张三,,,,,x", (2, "extra_cell", 5, 0)),
    "two faults, of which the first is told": ("张三,abc,x,,", (2, "phone_letters", 1, 0)),
    "the same phone": ("张三,13800000001,,,\n李四,138 0000 0001,,,", (3, "phone_twice", 1, 2)),
    "the same code": ("张三,,,A1,\n李四,,,A1,", (3, "code_twice", 3, 2)),
}


@pytest.mark.parametrize(("told", "fault"), FAULTY_ROWS.values(), ids=FAULTY_ROWS.keys())
def test_a_faulty_row_is_named_by_line_reason_and_column(told: str, fault: tuple) -> None:
    result = checked(f"{HEADED}\n{told}")
    assert reasons(result) == [fault]
    assert [each.row.line for each in result.outcomes if not each.taken] == [fault[0]]


DOUBTS = {
    "several phones": ("张三,13800000001/13800000002,,,", [(2, "phone_several", 1, 0)]),
    "a landline": ("张三,010-12345678,,,", [(2, "phone_landline", 1, 0)]),
    "one name twice": ("张三,,,,\n张三,,,,", [(3, "name_twice", 0, 2)]),
    "one name twice, of which one has a phone": ("张三,13800000001,,,\n张三,,,,", [(3, "name_twice", 0, 2)]),
    "one name with two phones": ("张三,13800000001,,,\n张三,13800000002,,,", []),
}


@pytest.mark.parametrize(("told", "doubts"), DOUBTS.values(), ids=DOUBTS.keys())
def test_a_doubtful_row_is_taken_and_shown(told: str, doubts: list) -> None:
    result = checked(f"{HEADED}\n{told}")
    assert reasons(result) == doubts
    assert all(each.taken for each in result.outcomes)


def test_colleagues_of_one_name_are_two_and_worth_a_look() -> None:
    text = "姓名,公司,手机号\n张三,星河,13800000001\n张三,星河,13800000002\n张三,银河,13800000003"
    assert reasons(checked(text)) == [(3, "name_again", 0, 2)]
    merged = checked(text, choices={3: MERGE})
    assert (merged.outcomes[1].into, reasons(merged)) == (2, [])
    assert merged.outcomes[0].row.values["more_phones"] == phone(2)


def test_a_merged_row_fills_in_what_the_first_does_not_say() -> None:
    merged = checked("姓名,手机号,编号,城市\n张三,13800000001,,\n张三,13800000001,A1,上海", choices={3: MERGE})
    first = merged.outcomes[0].row
    assert (first.values, first.extra) == ({"name": "张三", "phone": phone(1), "code": "A1"}, {"城市": "上海"})
    assert effects(merged) == [("new", None), ("same", None)]


def test_what_a_merged_row_brings_is_the_first_ones_from_then_on() -> None:
    text = "姓名,手机号,编号\n张三,13800000001,\n张三,13800000001,A1\n李四,,A1"
    assert reasons(checked(text, choices={3: MERGE})) == [(4, "code_twice", 2, 2)]


def test_a_row_cannot_be_merged_into_two() -> None:
    text = "姓名,手机号,编号\n张三,13800000001,\n李四,,A1\n张三,13800000001,A1"
    assert reasons(checked(text, choices={4: MERGE})) == [(4, "code_twice", 2, 3)]


def test_phones_hide_wherever_they_stand() -> None:
    row = checked("姓名,备注,秘书\n张三,转 13800000009,13800000008 王").outcomes[0].row
    assert (row.values["note"], row.extra) == ("转 138****0009", {"秘书": "138****0008 王"})


def test_tags_that_grow_too_long_when_they_are_told_apart_are_a_fault() -> None:
    tags = ",".join(str(number) for number in range(100, 175))
    row = Reader(["姓名", "标签"], ["name", "labels"]).read(2, 0, ["张三", tags])
    assert (len(tags), row.reason, row.column, row.limit) == (299, "too_long", 1, 300)


def test_halves_of_a_name_are_joined_as_each_language_does() -> None:
    reader = Reader(["姓", "名"], ["family", "given"])
    told = [reader.read(2, 0, cells).values.get("name") for cells in (["张", "三"], ["Doe", "Jane"], ["", "Jane"], [])]
    assert told == ["张三", "Jane Doe", "Jane", None]
    assert (reader.read(2, 0, ["", ""]).reason, reader.column_of("name")) == ("name_missing", 0)


def test_a_repaired_row_reads_as_if_it_had_always_been_so() -> None:
    reader = reader_of(HEADED)
    assert reader.read(2, 0, ["张三", "1380000000l", "", "", ""]).faulty
    proposed = values.proposal("phone", "phone_letters", "1380000000l")
    assert reader.read(2, 0, ["张三", proposed, "", "", ""]) == reader.read(2, 0, ["张三", "13800000001"])


def test_rows_meet_people_by_phone_code_staff_id_or_name_and_company() -> None:
    text = "姓名,手机号,编号,工号,公司\n甲一,13800000001,,,\n乙一,,A2,,\n丙一,,,s3,\n丁一,,,,星河\n戊一,,,,"
    people = [known(1, 1, name="甲"), known(2, code="A2"), known(3, userid="s3"), known(4, name="丁一", company="星河")]
    assert [person for _, person in effects(checked(text, *people))] == [1, 2, 3, 4, None]


AMBIGUOUS = {
    "two could carry the name": ("姓名\n张三", [known(1, 1, name="张三"), known(2, 2, name="张三")], [None]),
    "two rows for one name": ("姓名,手机号\n张三,13800000001\n张三,13800000002", [known(1, name="张三")], [None, None]),
    "the phone speaks against it": ("姓名,手机号\n张三,13800000002", [known(1, 1, name="张三")], [None]),
    "the other twin is known by phone": (
        "姓名,手机号\n张三,\n张三,13800000001", [known(1, 1, name="张三"), known(2, name="张三")], [2, 1]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "people", "persons"), AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_a_name_joins_only_where_nobody_else_can_be_meant(text: str, people: list, persons: list) -> None:
    assert [person for _, person in effects(checked(text, *people))] == persons


def test_somebody_with_another_phone_may_be_the_one_who_is_known() -> None:
    text, person = "姓名,公司,手机号\n张三,星河,13800000002", known(1, 1, name="张三", company="星河")
    result = checked(text, person)
    assert (effects(result), result.missing, result.outcomes[0].alike) == ([("new", None)], [1], 1)
    assert reasons(result) == [(2, "name_listed", 0, 0)]
    merged = checked(text, person, choices={2: MERGE})
    assert (effects(merged), merged.missing, merged.outcomes[0].changes) == ([("changed", 1)], [], ("phone",))


def test_keys_of_two_people_in_one_row_are_a_fault_and_miss_neither() -> None:
    result = checked("姓名,手机号,编号\n张三,13800000001,A2", known(1, 1), known(2, code="A2"))
    assert (reasons(result), result.missing) == ([(2, "keys_disagree", None, 0)], [])


def test_two_rows_for_one_person_are_a_fault_that_names_the_other_line() -> None:
    result = checked("姓名,手机号,编号\n张三,13800000001,\n李四,,A1", known(1, 1, code="A1"))
    assert reasons(result) == [(3, "same_person", None, 2)]


def test_new_back_changed_same_and_missing_are_told_apart() -> None:
    people = [known(1, 1, name="甲一", company="旧"), known(2, 2, name="乙一"), known(3, 3, name="丙一"),
              known(4, 4, removed=True, name="丁一"), known(6, 6, listed=False, name="己一")]  # fmt: skip
    text = "姓名,手机号,公司\n甲一,13800000001,新\n乙一,13800000002,\n丁一,13800000004,\n戊一,13800000005,\n己一,13800000006,"
    result = checked(text, *people, going=[3, 2])
    assert effects(result) == [("changed", 1), ("same", 2), ("back", 4), ("new", None), ("new", 6)]
    assert (result.outcomes[0].changes, result.missing, result.going) == (("company",), [3], [3])


FAULTY_BUT_THERE = {
    "met by phone": "姓名,手机号,邮箱\n李某,13800000001,x",
    "met by name and company": "姓名,手机号,公司\n张三,abc,星河",
    "left out": "姓名,手机号\n李某,13800000001",
}


@pytest.mark.parametrize("text", FAULTY_BUT_THERE.values(), ids=FAULTY_BUT_THERE.keys())
def test_nobody_is_missing_whose_row_is_faulty_or_left_out(text: str) -> None:
    result = checked(text, known(1, 1, name="张三", company="星河"), known(2, 2, name="王五"), choices={2: LEAVE})
    assert result.missing == [2]


def test_somebody_on_the_list_wins_over_other_lists_and_over_who_was_removed() -> None:
    people = [known(1, removed=True, code="A1"), known(2, code="A1"), known(3, code="A1", listed=False)]
    for order in (people, people[::-1]):
        assert effects(checked("姓名,编号\n甲一,A1", *order))[0][1] == 2


def test_an_empty_cell_changes_nothing() -> None:
    person = known(1, 1, name="张三", company="星河", note="旧")
    assert effects(checked("姓名,手机号,公司,备注\n张三,13800000001,,", person)) == [("same", 1)]


def test_checking_leaves_the_collector_as_it_was() -> None:
    before = gc.get_threshold()
    checked("姓名\n张三")
    assert gc.get_threshold() == before


def test_every_fault_and_doubt_has_words() -> None:
    codes = set()
    for module in ("lists/values.py", "lists/rows.py", "lists/checking.py"):
        source = (Path(values.__file__).parent.parent / module).read_text("utf-8")
        codes |= set(re.findall(r'"((?:name|phone|email|key|too|extra|same|keys)_[a-z_]+)"', source))
    bad_phone = ast.unparse(ast.parse(Path(values.phones.__file__).read_text("utf-8")))
    codes |= {f"phone_{reason}" for reason in re.findall(r"BadPhone\('(\w+)'", bad_phone)}
    codes |= {f"{key}_twice" for key in ("phone", "code", "userid")}
    assert codes - {"more_phones", "phone_index"} - set(words.ROW) == set()
    assert len(codes) > 20
    assert [code for code in words.ROW if not words.of_row(code, other=7, limit=9)] == []


# Few values, so that rows and people collide often.
CELL = {
    "name": st.sampled_from(["", "张三", "李四", "张 三"]),
    "phone": st.sampled_from(["", "13800000001", "138 0000 0002", "13800000003", "138"]),
    "company": st.sampled_from(["", "星河", "银河"]),
    "code": st.sampled_from(["", "A1", "A2"]),
    "userid": st.sampled_from(["", "s1"]),
    "note": st.sampled_from(["", "VIP"]),
}
COLUMNS = list(CELL)
TABLE = st.lists(st.tuples(*CELL.values()), max_size=8)
CHOICE = st.dictionaries(st.integers(2, 9), st.sampled_from([LEAVE, MERGE]), max_size=4)
STANDING = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=8, max_size=8)


def check_table(table: Sequence[Sequence[str]], people: Sequence[Known], choices: Mapping[int, str]) -> Checked:
    return check(Reader(COLUMNS, COLUMNS), [(at + 2, at, row) for at, row in enumerate(table)], people, choices)


def people_of(result: Checked, standing: Sequence[tuple[bool, bool]] = ()) -> list[Known]:
    """Give those who would be on the list once a batch for an empty one is written."""
    taken: list[Row] = [each.row for each in result.outcomes if each.taken and not each.into]
    flags = list(standing) or [(False, True)] * len(taken)
    return [
        Known(pk, row.phone_index, row.told[: len(FIELDS)], row.extra, *flag)
        for pk, (row, flag) in enumerate(zip(taken, flags, strict=False), 1)
    ]


@given(TABLE, TABLE, CHOICE, STANDING)
def test_no_two_taken_rows_share_a_key_or_a_person(before: list, table: list, choices: dict, standing: list) -> None:
    result = check_table(table, people_of(check_table(before, [], {}), standing), choices)
    taken = [each for each in result.outcomes if each.taken and not each.into]
    keys = [key for each in taken for key in each.row.keys]
    persons = [each.person for each in taken if each.person]
    assert (len(keys), len(persons)) == (len(set(keys)), len(set(persons)))
    assert not set(result.missing) & set(persons)
    assert all(each.into in {one.row.line for one in taken} for each in result.outcomes if each.into)


@given(TABLE)
def test_a_list_checked_against_itself_is_all_the_same(table: list) -> None:
    first = check_table(table, [], {})
    again = check_table(table, people_of(first), {})
    assert {each.effect for each in again.outcomes if each.taken} <= {"same"}
    assert again.missing == []


@given(TABLE, TABLE, CHOICE, STANDING, st.randoms())
def test_the_order_of_the_people_does_not_matter(
    before: list, table: list, choices: dict, standing: list, chance: object
) -> None:
    people = people_of(check_table(before, [], {}), standing)
    shuffled = list(people)
    chance.shuffle(shuffled)
    one, other = check_table(table, people, choices), check_table(table, shuffled, choices)
    assert (one, one.digest) == (other, other.digest)


@given(TABLE, TABLE, CHOICE)
def test_the_digest_differs_exactly_where_the_outcome_does(table: list, other: list, choices: dict) -> None:
    one, two = check_table(table, [], choices), check_table(other, [], {})
    assert (one.digest == two.digest) == (one == two)


def test_a_hundred_thousand_rows_are_mapped_and_checked() -> None:
    columns = ["姓名", "手机号", "公司"]
    table = [(at + 2, at, (f"客户{at}", f"{13800000000 + at}", f"公司{at % 900}")) for at in range(100_000)]
    reader = Reader(columns, propose(columns, [cells for *_, cells in table[:200]]))
    result = check(reader, table, [])
    assert ({each.effect for each in result.outcomes}, len(result.outcomes)) == ({"new"}, 100_000)


def test_every_fault_of_a_file_has_words() -> None:
    sources = [path.read_text("utf-8") for path in Path(words.__file__).parent.glob("*.py")]
    codes = {code for source in sources for code in re.findall(r'Unreadable\("(\w+)"', source)}
    assert len(codes) > 8
    assert codes - set(words.FILE) == set()
