"""A list that leaves as a file and comes back says exactly what it said."""

from collections.abc import Sequence

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.lists import export, mapping, values
from meetings.lists.checking import SAME, Known, check
from meetings.lists.headings import FIELDS
from meetings.lists.reading import opened
from meetings.lists.rows import Reader
from meetings.models import ExpectedPerson
from portal.crypto import index_hash
from tests.factories import phone

LANGUAGES = ("zh-hans", "en")
ODD = [
    "=1+1", "+852", "-王", "@李", "＝张", "'=引", "''+引", "'引", "007", "0", "𠮷野家🌻", "a,b", 'say "hi"', "O'Neil",
    "_x0041_", "合计", "－", " \u200b x", "\u200b-", "ａ\u0301", "1.0", "1E5", "TRUE", "2026-11-20",
]  # fmt: skip
NUMBERS = [
    "", phone(1), f"{phone(2)}\n{phone(3)}", f"{phone(4)}\n+85291230000\n+861062550000", "+861062550001", "+85291230001",
]  # fmt: skip
SIGNS = st.characters(codec="utf-8", exclude_categories=["Cs", "Co", "Cn"])
TEXT = st.one_of(st.sampled_from(ODD), st.text(SIGNS, max_size=12))
HEADING = st.one_of(st.sampled_from(["手机", "姓名", "=列", "'=列", "C", "two  blanks", "-"]), TEXT.filter(str.isalpha))


def told(field: str, cell: str) -> str:
    """What a list that says this makes of it; nothing where the row would be refused."""
    try:
        return values.tell(field, plain).fields.get(field, "") if (plain := values.clean(cell)) else ""
    except values.Wrong:
        return ""


@st.composite
def people(draw: st.DrawFn) -> list[ExpectedPerson]:
    headings = draw(st.lists(HEADING, max_size=3, unique=True))
    made = []
    for number in range(draw(st.integers(1, 4))):
        plain = {name: told(name, draw(TEXT)) for name in FIELDS if name in ("company", "title", "labels", "note")}
        extra = {heading: text for heading in headings if (text := values.beside(values.clean(draw(TEXT))))}
        first, *more = NUMBERS[draw(st.integers(0, len(NUMBERS) - 1))].split("\n") if number == 0 else [""]
        keys = {"code": f"00{number}", "userid": f"-{number}", "phone": first}
        fields = plain | keys | {"name": told("name", draw(TEXT)) or "张三"}
        made.append(ExpectedPerson(pk=number, extra=extra, more_phones="\n".join(more), **fields))
    return made


def known(person: ExpectedPerson) -> Known:
    plain = ["" if name == "phone" else getattr(person, name) for name in FIELDS]
    return Known(person.pk, index_hash("phone", person.phone), plain, person.extra, several=bool(person.more_phones))


def filed(rows: export.Rows, kind: str) -> bytes:
    return "".join(export.as_csv(rows)).encode() if kind == "csv" else export.as_xlsx(rows, "List")


def read_back(body: bytes, kind: str) -> tuple[Reader, list[tuple[int, int, Sequence[str]]]]:
    with opened(f"list.{kind}", body) as sheet:
        cells = [(line.number, at, line.cells) for at, line in enumerate(sheet.rows)]
    columns = [values.without_apostrophe(heading) for heading in sheet.columns]
    return Reader(columns, export.mapping_of(columns)), cells


def check_round(listed: list[ExpectedPerson], kind: str, language: str) -> None:
    extra = list(dict.fromkeys(name for person in listed for name in person.extra))
    with translation.override(language):
        body = filed(export.people_rows(listed, extra, full=True, links=False), kind)
    reader, cells = read_back(body, kind)
    checked = check(reader, cells, map(known, listed))
    assert [(each.effect, each.person, each.changes) for each in checked.outcomes] == [(SAME, p.pk, ()) for p in listed]
    assert checked.missing == []
    for each, person in zip(checked.outcomes, listed, strict=True):
        fields = {name: getattr(person, name) for name in (*FIELDS, "more_phones")}
        assert {name: each.row.values.get(name, "") for name in fields} == fields
        assert each.row.extra == person.extra


@given(listed=people(), language=st.sampled_from(LANGUAGES))
@settings(max_examples=150, deadline=None)
def test_a_list_exported_as_csv_changes_nothing_when_it_is_uploaded_again(
    listed: list[ExpectedPerson], language: str
) -> None:
    check_round(listed, "csv", language)


@given(listed=people(), language=st.sampled_from(LANGUAGES))
@settings(max_examples=15, deadline=None)
def test_a_list_exported_as_a_workbook_changes_nothing_when_it_is_uploaded_again(
    listed: list[ExpectedPerson], language: str
) -> None:
    check_round(listed, "xlsx", language)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_odd_text_comes_back_as_it_went(kind: str) -> None:
    listed = []
    for at, odd in enumerate(ODD):
        first, *more = NUMBERS[at].split("\n") if at < len(NUMBERS) else [""]
        plain = {name: told(name, odd) for name in ("company", "title", "note")}
        kept = values.beside(values.clean(odd))
        listed.append(
            ExpectedPerson(
                pk=at, name=told("name", odd) or "张三", code=f"0{at}", labels=told("labels", f"{odd};甲"), phone=first,
                more_phones="\n".join(more), extra={"=列": kept} if kept else {}, **plain,
            )
        )  # fmt: skip
    check_round(listed, kind, "zh-hans")


@given(text=st.text(st.characters(codec="utf-8"), max_size=8) | st.text("'=+-@ \n＝a", max_size=6))
def test_the_apostrophe_is_taken_off_where_it_was_put_and_nowhere_else(text: str) -> None:
    assert values.without_apostrophe(export.neutral(text)) == text
    assert not export.neutral(text).lstrip(" \n").startswith(export.FORMULA)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_to_fill_in_is_read_by_its_headings(kind: str, language: str) -> None:
    with translation.override(language):
        (headings,) = export.template_rows()
    row = ["张三", "13800000001/13800000002", "a@example.cn", "星河", "经理", "E01", "001", "甲,乙", "到"]
    with opened(f"list.{kind}", filed([headings, row], kind)) as sheet:
        cells = [line.cells for line in sheet.rows]
    held = mapping.propose(sheet.columns, cells)
    assert held == list(FIELDS)
    read = Reader(sheet.columns, held).read(2, 0, cells[0])
    assert (read.values["phone"], read.values["more_phones"]) == (phone(1), phone(2))
    assert (read.values["labels"], read.values["code"]) == ("甲, 乙", "001")


def test_only_our_own_headings_are_taken_for_ours() -> None:
    with translation.override("en"):
        ((*ours,),) = export.people_rows([], ["Region"], full=True, links=False)
    held = export.mapping_of(ours)
    assert held[: len(FIELDS)] == list(FIELDS)
    assert held[len(FIELDS) :] == [mapping.LEAVE] * len(export.OF_PLATFORM) + [mapping.KEEP]
    assert export.mapping_of(ours[1:]) == export.mapping_of(["姓名", "手机号"]) == []
