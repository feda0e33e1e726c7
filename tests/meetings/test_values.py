"""What a cell says: telephones, names, addresses, keys; what is wrong with it, and what was probably meant."""

import pytest

from meetings.lists import values
from meetings.lists.values import Told, Wrong
from portal import phones

PLAIN = "+8613800000001"

# However they are written, these are one number.
ONE_NUMBER = (
    "13800000001", "138 0000 0001", "138-0000-0001", "138.0000.0001", "138　0000　0001", "138 000 00001",
    "138‑0000‑0001", "+86 138 0000 0001", "+8613800000001", "0086-13800000001", "86 13800000001", "(86)13800000001",
    "（＋８６）１３８０００００００１", "１３８０００００００１", "013800000001", "13800000001.0", "1.3800000001E+10",
    "\u202d13800000001\u202c", "\u200b13800000001", "13800000001;", "13800000001 ext 5", "13800000001转5",
)  # fmt: skip


@pytest.mark.parametrize("text", ONE_NUMBER)
def test_one_number_is_read_however_it_is_written(text: str) -> None:
    assert values.phone(values.clean(text)) == Told({"phone": PLAIN})


NUMBERS = {
    "13800000001/13800000002": ["+8613800000001", "+8613800000002"],
    "13800000001 13800000002": ["+8613800000001", "+8613800000002"],
    "138-0000-0001 138-0000-0002": ["+8613800000001", "+8613800000002"],
    "13800000001，13800000001": ["+8613800000001"],
    "021-12345678、13800000001": ["+8613800000001", "+862112345678"],
    "13800000001或010-12345678": ["+8613800000001", "+861012345678"],
    "010-12345678-801": ["+861012345678"],
    "(010)1234 5678转801": ["+861012345678"],
    "0755-1234567": ["+867551234567"],
    "400-800-1234": ["+864008001234"],
    "+852 9123 4567": ["+85291234567"],
    "00853-6123 4567": ["+85361234567"],
    "+886 912 345 678": ["+886912345678"],
    "+1 (212) 555-0123": ["+12125550123"],
    "+44 (0)20 7946 0958": ["+442079460958"],
    "": [],
}


@pytest.mark.parametrize(("text", "numbers"), NUMBERS.items())
def test_every_number_of_a_cell_is_read_mobiles_first(text: str, numbers: list[str]) -> None:
    assert [number.e164 for number in phones.read(text)] == numbers


NO_NUMBERS = {
    "1380000000": "length", "138000000011": "length", "861380000000": "length", "95588": "length", "1380000": "length",
    "12345678901": "unknown", "11111111111": "unknown", "22222222222": "unknown",
    "66666666": "area", "85291234567": "area", "853-61234567": "area", "886912345678": "area", "0912-345-678": "area",
    "138****0001": "masked", "138XXXX0001": "masked", "1380000????": "masked",
    "1.38E+10": "rounded", "1.38e10": "rounded", "1.38001E+10": "rounded",
    "13800000001 微信": "letters", "138OOOO0001": "letters",
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), NO_NUMBERS.items())
def test_what_cannot_be_dialled_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(Wrong) as wrong:
        values.phone(text)
    assert wrong.value.reason == f"phone_{reason}"


PROPOSALS = {
    ("phone", "13800000001 (微信同号)"): "13800000001",
    ("phone", "电话：138 0000 0001"): "13800000001",
    ("phone", "l38O0000001"): "13800000001",
    ("phone", "852 91234567"): "+85291234567",
    ("phone", "0912-345-678"): "+886912345678",
    ("phone", "1380000000"): "",
    ("phone", "1.38E+10"): "",
    ("phone", "138****0001"): "",
    ("email", "a@b,cn"): "a@b.cn",
    ("email", "a@b。cn"): "a@b.cn",
    ("email", "a @b.cn"): "a@b.cn",
    ("email", "mailto:a@b.cn"): "a@b.cn",
    ("email", "张三 <a@b.cn>"): "a@b.cn",
    ("email", "a@b.cn; c@d.cn"): "a@b.cn",
    ("email", "a.b.cn"): "",
    ("code", "13800000001"): "",
}


@pytest.mark.parametrize(("field", "cell"), PROPOSALS)
def test_what_was_probably_meant_is_proposed_and_can_be_taken(field: str, cell: str) -> None:
    with pytest.raises(Wrong) as wrong:
        values.tell(field, cell)
    proposed = values.proposal(field, wrong.value.reason, cell)
    assert proposed == PROPOSALS[field, cell]
    assert not proposed or values.tell(field, proposed).fields[field]


NAMES = {
    "张三": Told({"name": "张三"}),
    "欧阳娜娜": Told({"name": "欧阳娜娜"}),
    "张 三": Told({"name": "张三", "written": "张 三"}),
    "𠮷 野": Told({"name": "𠮷野", "written": "𠮷 野"}),
    "Ｊｏｈｎ Smith": Told({"name": "John Smith", "written": "Ｊｏｈｎ Smith"}),
    "Zoe\u0301": Told({"name": "Zoé", "written": "Zoe\u0301"}),
    "张三😊": Told({"name": "张三😊"}),
    "买买提·阿卜杜": Told({"name": "买买提·阿卜杜"}),
    "张\u200b三": Told({"name": "张三", "written": "张\u200b三"}, "name_hidden"),
    "\u202e三张": Told({"name": "三张", "written": "\u202e三张"}, "name_hidden"),
    "张\x07三": Told({"name": "张三", "written": "张\x07三"}, "name_hidden"),
    "张?三": Told({"name": "张?三"}, "name_lost"),
    "张\ufffd": Told({"name": "张\ufffd"}, "name_lost"),
    "张\ue863": Told({"name": "张\ue863"}, "name_lost"),
    "张": Told({"name": "张"}, "name_odd"),
    "a@b.cn": Told({"name": "a@b.cn"}, "name_odd"),
    "13800000001": Told({"name": "138****0001"}, "name_odd"),
    "星河证券": Told({"name": "星河证券"}, "name_odd"),
    "张三、李四": Told({"name": "张三、李四"}, "name_several"),
    "张三&李四": Told({"name": "张三&李四"}, "name_several"),
}


@pytest.mark.parametrize(("cell", "told"), NAMES.items())
def test_a_name_keeps_what_was_written_and_is_doubted_where_it_is_odd(cell: str, told: Told) -> None:
    assert values.name(cell) == told


@pytest.mark.parametrize("cell", ["待定", "TBD", "？", "\u200b\u200b"])
def test_a_name_that_is_not_known_yet_is_missing(cell: str) -> None:
    with pytest.raises(Wrong) as wrong:
        values.name(cell)
    assert wrong.value.reason == "name_missing"


def test_a_key_that_is_not_known_yet_is_none() -> None:
    assert [values.tell(field, "待定").fields for field in ("phone", "email", "code", "userid")] == [{}, {}, {}, {}]
    assert values.tell("note", "待定").fields == {"note": "待定"}


def test_words_for_nothing_are_nothing_and_our_apostrophe_goes() -> None:
    assert [values.clean(cell) for cell in ("无", " - ", "N/A", "null", "'=1+1", "O'Hara", " a  b ")] == [
        "", "", "", "", "=1+1", "O'Hara", "a b"
    ]  # fmt: skip


def test_keys_and_addresses_have_one_width_and_no_hidden_signs() -> None:
    assert values.tell("code", "Ａ００１\u200b").fields == {"code": "A001"}
    assert values.tell("email", "ａ@ｂ.cn").fields == {"email": "a@b.cn"}


def test_tags_are_told_apart_however_they_are_separated() -> None:
    assert values.tell("labels", "VIP、南区；VIP|演讲").fields == {"labels": "VIP, 南区, 演讲"}


def test_phones_hide_in_every_text_but_the_phone() -> None:
    for field in ("company", "title", "note", "labels"):
        assert values.tell(field, "找王 13800000001").fields == {field: "找王 138****0001"}


AT_SIGHT_TOO = ("张三", "13800000001", "a.b@c.cn", "星河证券", "经理", "E001", "备注一", "VIP", "无", "待定", "A-1", "１２３")


@pytest.mark.parametrize("field", values.AT_SIGHT)
def test_a_cell_known_at_sight_says_what_reading_it_says(field: str) -> None:
    known = [(cell, value) for cell in AT_SIGHT_TOO if (value := values.AT_SIGHT[field](cell))]
    assert known
    assert [values.tell(field, values.clean(cell)) for cell, _ in known] == [Told({field: value}) for _, value in known]


MASKED = {
    ("phone", "13800000001"): "138****0001",
    ("phone", PLAIN): "138****0001",
    ("phone", "13800000001/13800000002"): "138****0001/138****0002",
    ("phone", "138-0000-0001；010-62340000"): "138-****-0001；010-****0000",
    # Parts of one number must not be taken for several.
    ("phone", "138/0000/0001"): "138/****/0001",
    ("name", "张三\u202e"): "张三",
    ("email", "13800000001@139.com"): "138****0001@139.com",
    ("note", "长" * 41): "长" * 40 + "… (41)",
}


@pytest.mark.parametrize(("field", "value"), MASKED)
def test_a_shown_value_never_holds_a_whole_phone(field: str, value: str) -> None:
    assert values.masked(field, value) == MASKED[field, value]
