"""Which column holds what: by headings, by contents, as remembered, and what is wrong with a mapping."""

from datetime import UTC, datetime

import pytest

from meetings.lists import mapping, memory, words
from meetings.lists.headings import field_of, header_at
from meetings.lists.reading import letter
from meetings.models import ColumnMemory
from tests.factories import make_organisation

NOW = datetime(2026, 5, 8, 9, tzinfo=UTC)


def table(text: str) -> list[list[str]]:
    return [row.split(",") for row in text.split("\n")]


def letters(rows: list[list[str]]) -> list[str]:
    return [letter(index) for index in range(len(rows[0]))]


HEADINGS = {
    "name": ["姓名", "姓 名", "姓名*", "参会人姓名（必填）", "參會人", "姓名 Name", "Name（姓名）", "Full Name", "Attendee"],
    "phone": ["手机号码", "手機", "電話", "行動電話", "联系方式(手机)", "Phone/手机", "手机号\n(Mobile)", "Mobile No.", "Tel."],
    "email": ["电子邮箱", "郵箱", "電郵", "E-mail", "Email Address", "邮箱 Email"],
    "company": ["单位名称", "公司全称", "單位", "所屬機構", "公司Company", "Organisation"],
    "title": ["职务/职称", "職稱", "職務", "Job Title"],
    "userid": ["工号", "員工編號", "Employee ID", "userid"],
    "code": ["客户编号", "編號", "External code"],
    "labels": ["标签", "標籤", "分组", "組別", "Tags"],
    "note": ["备注", "備註", "Remarks"],
    "family": ["姓", "Last Name", "Surname"],
    "given": ["名", "First name", "Given Name"],
    "ours": ["序号", "項次", "No.", "报名ID"],
    "": ["城市", "A", "公司/职务", "是否用餐", "2026 秋季路演名单"],
}


@pytest.mark.parametrize("field", HEADINGS)
def test_headings_of_both_scripts_and_languages_are_known(field: str) -> None:
    assert {heading: field_of(heading) for heading in HEADINGS[field]} == dict.fromkeys(HEADINGS[field], field)


UNKNOWN_HEADINGS = {
    # Words nobody knows over numbers are headings all the same.
    (("客人", "联络", "东家"), ("钱文", "13800000001", "星河"), ("孙武", "13800000002", "银河")): 0,
    # Somebody whose number is not known, or is with another one, is a person.
    (("钱文", "找孙武", "星河"), ("孙武", "13800000002", "银河"), ("李双", "13800000003", "海王")): None,
    (("客人", "待定", "东家"), ("孙武", "13800000002", "银河"), ("李双", "13800000003", "海王")): None,
    # One row alone says too little.
    (("客人", "联络"), ("钱文", "13800000001")): None,
}


@pytest.mark.parametrize(("rows", "found"), UNKNOWN_HEADINGS.items())
def test_headings_of_unknown_words_differ_from_all_rows_below(rows: tuple[tuple[str, ...], ...], found: int | None) -> None:
    assert header_at(rows) == found


def test_somebody_who_is_called_a_customer_is_no_heading() -> None:
    assert header_at([["张三", "13800000001", "客户"], ["李四", "13800000002", "客户"]]) is None
    assert header_at([["路演名单"], ["姓名", "城市"], ["张三", "上海"]]) == 1


HEADED = {
    "extra columns are kept": ("姓名,城市", "张三,上海", ["name", "keep"]),
    "of two phones the mobile counts": (
        "姓名,电话,手机", "张三,010-12345678,13800000001\n李四,010-12345679,13800000002", ["name", "keep", "phone"]),
    "addresses under contact": (
        "姓名,联系方式,手机", "张三,a@b.cn,13800000001\n李四,c@b.cn,13800000002", ["name", "email", "phone"]),
    "companies under customer": ("客户,联系人", "星河证券,张三\n银河银行,李四", ["company", "name"]),
    "numbers that count the rows are no code": ("编号,姓名", "1,张三\n2,李四\n3,王五\n5,赵六", ["ours", "name"]),
    "numbers that do not count are a code": ("编号,姓名", "71,张三\n18,李四\n36,王五", ["code", "name"]),
    "rooms are no code": ("房间,姓名", "A1203,张三\nB1204,李四\nC1205,王五", ["keep", "name"]),
    "halves of a name": ("Last Name,First Name,Phone", "Doe,Jane,+44 7911 123456", ["family", "given", "phone"]),
    "halves beside the whole": ("姓,名,姓名", "张,三,张三", ["keep", "keep", "name"]),
    "half a name alone": ("姓,手机", "张,13800000001", ["keep", "phone"]),
    "an unknown heading over phones": ("姓名,微信同号", "张三,13800000001\n李四,13800000002", ["name", "phone"]),
    "no rows": ("姓名,手机", "", ["name", "phone"]),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "sample", "proposed"), HEADED.values(), ids=HEADED.keys())
def test_headings_are_trusted_as_far_as_the_cells_agree(columns: str, sample: str, proposed: list[str]) -> None:
    assert mapping.propose(columns.split(","), table(sample)) == proposed


BARE = {
    "everything": (
        "1,张三,13800000001,星河证券,高级经理,a@b.cn,HT001\n2,李四,13800000002,银河银行,总监,b@b.cn,HT002\n"
        "3,欧阳娜娜,13800000003,上海星河科技有限公司,研究员,c@b.cn,HT003",
        ["ours", "name", "phone", "company", "title", "email", "code"]),
    "names alone": ("张三\n李四", ["name"]),
    "phones a spreadsheet has rounded": ("张三,1.38E+10\n李四,1.38E+10", ["name", "phone"]),
    "the company first": ("星河证券,张三\n银河基金,李四", ["company", "name"]),
    "the title first": ("经理,张三\n总监,李四", ["title", "name"]),
    "Latin letters": ("Acme Ltd,Jane Doe,+44 7911 123456\nFoo Inc,John Smith,+1 212 555 0123", ["company", "name", "phone"]),
    "codes that come twice are none": ("张三,HT001\n李四,HT001\n王五,HT001", ["name", "keep"]),
    "nothing that is known": ("甲乙丙丁戊己庚,x\n?,y", ["keep", "keep"]),
}  # fmt: skip


@pytest.mark.parametrize(("sample", "proposed"), BARE.values(), ids=BARE.keys())
def test_without_headings_the_cells_tell(sample: str, proposed: list[str]) -> None:
    rows = table(sample)
    assert mapping.propose(letters(rows), rows) == proposed


def test_what_is_remembered_goes_before_what_is_found() -> None:
    columns, sample = ["姓名", "手机"], table("张三,13800000001")
    assert mapping.propose(columns, sample, ["keep", "name"]) == ["keep", "name"]
    assert mapping.propose(columns, sample, ["name"]) == ["name", "phone"]
    assert mapping.propose(columns, sample, ["name", "shoe size"]) == ["name", "phone"]


def test_examples_are_masked_and_different() -> None:
    sample = table("13800000001\n13800000001\n1380000abcd\n\n张三 13800000002\n13800000003")
    assert mapping.examples(sample, 0, "phone") == ["138****0001", "1380000abcd", "张三 138****0002"]
    assert mapping.examples(sample, 0, "keep")[0] == "138****0001"


FAULTS = {
    ("name", "phone"): [],
    ("family", "given"): [],
    ("name", "keep", "keep", "ours", "ours"): [],
    ("phone", "phone"): ["no_name", "field_twice"],
    ("family", "phone"): ["half_name"],
    ("family", "given", "given"): ["field_twice"],
}


@pytest.mark.parametrize("chosen", FAULTS)
def test_a_mapping_needs_a_whole_name_and_each_field_once(chosen: tuple[str, ...]) -> None:
    assert mapping.faults(chosen) == FAULTS[chosen]
    assert all(str(words.MAPPING[code]) for code in FAULTS[chosen])


def test_every_choice_has_words() -> None:
    assert [choice for choice in mapping.CHOICES if not str(words.FIELDS[choice])] == []


def test_a_shape_is_known_by_its_headings_or_by_its_cells() -> None:
    one, other = table("张三,13800000001"), table("李四,13800000002")
    turned = table("13800000001,张三")
    assert memory.shape(["姓名", "手机号"], one, headed=True) == memory.shape([" 姓 名", "手机号（必填）"], turned, headed=True)
    assert memory.shape(["姓名", "手机号"], one, headed=True) != memory.shape(["手机号", "姓名"], one, headed=True)
    assert memory.shape(["A", "B"], one, headed=False) == memory.shape(["A", "B"], other, headed=False)
    assert memory.shape(["A", "B"], one, headed=False) != memory.shape(["A", "B"], turned, headed=False)
    assert memory.shape(["A"], table("张三"), headed=False) != memory.shape(["A"], table("星河证券"), headed=False)


@pytest.mark.django_db
def test_what_was_confirmed_last_is_remembered_per_organisation() -> None:
    ours, theirs = make_organisation(), make_organisation()
    memory.keep(ours.pk, "shape", ["name", "keep"], now=NOW)
    memory.keep(ours.pk, "shape", ["keep", "name"], now=NOW)
    assert memory.recall(ours.pk, "shape") == ["keep", "name"]
    assert [memory.recall(theirs.pk, "shape"), memory.recall(ours.pk, "other")] == [[], []]
    ColumnMemory.objects.update(mapping=["a field of former times"])
    assert memory.recall(ours.pk, "shape") == []
