"""What a cell says: cleaned, read as a name, phone, address or code, or faulty with a reason."""

import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple

from portal import names, phones
from portal.names.fold import HAN

LONGEST = {
    "name": 200,
    "phone": 60,
    "email": 254,
    "company": 200,
    "title": 100,
    "userid": 100,
    "code": 100,
    "labels": 300,
    "note": 500,
}
# What people write where they have nothing to write; in names and keys also where they do not know yet.
NOTHING = frozenset({"-", "--", "—", "——", "/", "\\", "n/a", "na", "none", "null", "nil", "无", "無", "暂无", "没有", "空"})
UNKNOWN = frozenset({"?", "？", "待定", "待补", "待確認", "待确认", "未知", "不详", "未提供", "保密", "tbd", "tbc", "unknown"})
LONGEST_NOTHING = 7
# Our exports put an apostrophe before what a spreadsheet would take for a formula.
NEUTRAL = re.compile(r"'[' \n]*[=+\-@\t\r＝＋－＠]")
SHOWN = 40

_EMAIL = re.compile(r"[^@\s,;:，；：<>]+@[^@\s,;:，；：<>]+\.[^@\s,;:.，；：<>]+")
_PLAIN_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w", re.ASCII)
_PLAIN_PHONE = re.compile(r"1[3-9]\d{9}", re.ASCII)
# Most names need no cleaning; of four characters and more some are companies.
_HAN = re.compile(r"[\u4e00-\u9fff]{2,3}")
_HAN_BLANK = re.compile(rf"(?<=[{HAN}]) +(?=[{HAN}])")
# Letters and digits as wide as a Chinese character, and their blank.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_HIDDEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
# What stands for a character that an encoding could not save, or that only one font knows.
_LOST = re.compile(rf"[\ufffd\ue000-\uf8ff]|(?<=[{HAN}])\?|\?(?=[{HAN}])")
_BETWEEN_PHONES = re.compile(r"([/;,|\n；，、]+)")
_TWO_NAMES = re.compile(r"[&+、,，;；/]")
_BETWEEN_LABELS = re.compile(r"\s*[,;，；、|]\s*")


class Told(NamedTuple):
    """What a cell says: the fields it fills, and a doubt about it (a reason code) or none."""

    fields: Mapping[str, str]
    doubt: str = ""


class Wrong(ValueError):
    """A cell does not hold what its column should; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def without_apostrophe(cell: str) -> str:
    """Give a cell without the apostrophe our exports put before what a spreadsheet would take for a formula."""
    return cell[1:] if cell[:1] == "'" and NEUTRAL.match(cell) else cell


def clean(cell: str) -> str:
    """Give a cell without our own apostrophe, needless blanks, and words for nothing."""
    if cell.isalnum():
        return "" if cell.lower() in NOTHING else cell
    plain = " ".join(without_apostrophe(cell).split())
    return "" if plain.lower() in NOTHING else plain


def tell(field: str, cell: str) -> Told:
    """Read a filled, cleaned cell as a field.

    Raises: Wrong with the reason.
    """
    return READ[field](cell)


def masked(field: str, value: str) -> str:
    """Show a value so that its owner finds it again, without the middle of a phone."""
    seen = visible(value)
    short = seen if len(seen) <= SHOWN else f"{seen[:SHOWN]}… ({len(seen)})"
    if field != "phone":
        return phones.scrub(short)
    parts = _BETWEEN_PHONES.split(short)
    # A part that is too short to be a number of its own would show all of itself.
    alone = all(sum(map(str.isdigit, part)) >= phones.SHORTEST_MOBILE for part in parts[::2])
    return "".join(map(_masked_phone, parts)) if alone else _masked_phone(short)


def _masked_phone(text: str) -> str:
    if text.startswith("+"):
        return phones.mask(text)
    digits = [at for at, sign in enumerate(text) if sign.isdigit()]
    return "".join("*" if at in digits[3:-4] else sign for at, sign in enumerate(text))


def visible(text: str) -> str:
    """Give a text without hidden signs: those of direction would turn round what stands beside it."""
    return _HIDDEN.sub("", text)


def name(cell: str) -> Told:
    """Read a name: composed, without hidden signs and inner blanks; what was written is kept where it differs."""
    visible = _HIDDEN.sub("", cell)
    plain = _HAN_BLANK.sub("", " ".join(unicodedata.normalize("NFC", visible.translate(_WIDE)).split()))
    if not plain or _is_unknown(plain):
        raise Wrong("name_missing")
    fields = {"name": phones.scrub(plain)}
    if plain != cell:
        fields["written"] = phones.scrub(cell)
    return Told(fields, "name_hidden" if visible != cell else _doubt_of_name(plain))


def _doubt_of_name(plain: str) -> str:
    if _LOST.search(plain):
        return "name_lost"
    short = len(plain) == 1 or "@" in plain or not any(sign.isalpha() for sign in plain)
    if short or names.looks_organisational(names.fold(plain)):
        return "name_odd"
    return "name_several" if _TWO_NAMES.search(plain) and names.read(plain.replace(",", "、")).people else ""


def phone(cell: str) -> Told:
    """Read one or several numbers: the first mobile is the phone, the others are kept beside it."""
    plain = bare(cell)
    if _is_unknown(plain):
        return Told({})
    try:
        numbers = phones.read(plain)
    except phones.BadPhone as error:
        raise Wrong(f"phone_{error.reason}") from error
    if not numbers:
        return Told({})
    first, *more = numbers
    fields = {"phone": first.e164}
    if more:
        fields["more_phones"] = "\n".join(number.e164 for number in more)
    landline = first.area == "86" and not first.mobile
    if landline:
        fields["landline"] = "yes"
    return Told(fields, "phone_several" if more else "phone_landline" if landline else "")


def email(cell: str) -> Told:
    """Read an address; only its shape can be known."""
    plain = bare(cell)
    if _is_unknown(plain):
        return Told({})
    if not _EMAIL.fullmatch(plain):
        raise Wrong("email_wrong")
    return Told({"email": plain})


def key(field: str) -> Callable[[str], Told]:
    """Give the reading of a code or staff id: they lie unencrypted, so a phone is refused."""

    def read(cell: str) -> Told:
        plain = bare(cell)
        if phones.scrub(plain) != plain:
            raise Wrong("key_is_phone")
        return Told({} if _is_unknown(plain) else {field: plain})

    return read


def text(field: str) -> Callable[[str], Told]:
    """Give the reading of a plain text, in which phones are hidden."""
    return lambda cell: Told({field: beside(cell)})


def beside(cell: str) -> str:
    """Give a text that is kept as it is, without hidden signs and phones."""
    plain = " ".join(_HIDDEN.sub("", cell).split())
    return "" if plain.lower() in NOTHING else phones.scrub(plain)


def bare(cell: str) -> str:
    """Give a cell without hidden signs (address books put them around phones), letters and digits of one width."""
    return _HIDDEN.sub("", cell).translate(_WIDE).strip()


def _is_unknown(plain: str) -> bool:
    """Say whether a text stands for nothing, also one that only does so in letters of one width."""
    return (folded := plain.lower()) in UNKNOWN or folded in NOTHING


def labels(cell: str) -> Told:
    """Read tags, however they are separated."""
    found = dict.fromkeys(label for label in _BETWEEN_LABELS.split(beside(cell)) if label and label.lower() not in NOTHING)
    return Told({"labels": ", ".join(found)})


def _name_at_sight(cell: str) -> str:
    return cell if _HAN.fullmatch(cell) and cell not in NOTHING and cell not in UNKNOWN else ""


def _phone_at_sight(cell: str) -> str:
    return f"+86{cell}" if _PLAIN_PHONE.fullmatch(cell) else ""


def _email_at_sight(cell: str) -> str:
    return cell if _PLAIN_EMAIL.fullmatch(cell) else ""


def _key_at_sight(cell: str) -> str:
    return cell if len(cell) < phones.SHORTEST_MOBILE and _is_word(cell) and cell.isascii() else ""


def _text_at_sight(cell: str) -> str:
    return cell if (len(cell) < phones.SHORTEST_MOBILE or cell.isalpha()) and _is_word(cell) else ""


def _often_at_sight(cell: str) -> str:
    """Read a text that many rows have: each different one is held once."""
    return sys.intern(cell) if _text_at_sight(cell) else ""


def _is_word(cell: str) -> bool:
    if len(cell) > LONGEST_NOTHING:
        return cell.isalnum()
    return cell.isalnum() and (folded := cell.lower()) not in NOTHING and folded not in UNKNOWN


# Most cells say at sight what they say: the value, or an empty text for one that must be read.
AT_SIGHT: dict[str, Callable[[str], str]] = {
    "name": _name_at_sight,
    "phone": _phone_at_sight,
    "email": _email_at_sight,
    "company": _often_at_sight,
    "title": _often_at_sight,
    "userid": _key_at_sight,
    "code": _key_at_sight,
    "labels": _often_at_sight,
    "note": _often_at_sight,
}

READ: dict[str, Callable[[str], Told]] = {
    "name": name,
    "phone": phone,
    "email": email,
    "company": text("company"),
    "title": text("title"),
    "userid": key("userid"),
    "code": key("code"),
    "labels": labels,
    "note": text("note"),
}


def proposal(field: str, reason: str, cell: str) -> str:
    """Give what the organiser probably meant, or an empty text where nobody can know."""
    plain = bare(cell)
    if field == "email":
        return _address_in(plain)
    if field != "phone" or reason in ("phone_masked", "phone_rounded"):
        return ""
    tried = phones.meant(plain)
    return tried if tried != plain else ""


def _address_in(plain: str) -> str:
    """Find an address that was typed with a comma for a dot or blanks inside, or among other words."""
    typed = re.sub(r"\s", "", plain).replace("。", ".").rstrip(".;,")
    dotted = re.sub(r"(?<=\w),(?=\w)", ".", typed)
    tried = next((each for each in (typed, dotted) if _PLAIN_EMAIL.fullmatch(each)), "")
    found = _EMAIL.search(plain)
    return tried or (found[0] if found else "")
