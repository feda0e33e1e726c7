"""What a cell says: cleaned, read as a name, phone, address or code, or faulty with a reason."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple

from portal import phones

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
# What people write where they have nothing to write.
NOTHING = frozenset({"-", "--", "—", "——", "/", "\\", "n/a", "na", "none", "null", "nil", "无", "暂无", "没有", "空"})
# Our exports put an apostrophe before what a spreadsheet would take for a formula.
NEUTRAL = re.compile(r"'[=+\-@\t\r＝＋－＠]")
SHOWN = 40

_EMAIL = re.compile(r"[^@\s,;，；]+@[^@\s,;，；]+\.[^@\s,;.，；]+")
# Most names; they need no cleaning.
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_HAN_BLANK = re.compile(r"(?<=[\u3400-\u9fff]) +(?=[\u3400-\u9fff])")
# Letters and digits as wide as a Chinese character, and their blank.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_HIDDEN = re.compile(r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
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


def clean(cell: str) -> str:
    """Give a cell without our own apostrophe, needless blanks, and words for nothing."""
    if cell.isalnum():
        return "" if cell.lower() in NOTHING else cell
    plain = cell[1:] if cell[:1] == "'" and NEUTRAL.match(cell) else cell
    plain = " ".join(plain.split())
    return "" if plain.lower() in NOTHING else plain


def tell(field: str, cell: str) -> Told:
    """Read a filled, cleaned cell as a field.

    Raises: Wrong with the reason.
    """
    return READ[field](cell)


def masked(field: str, value: str) -> str:
    """Show a value so that its owner finds it again, without the middle of a phone."""
    short = value if len(value) <= SHOWN else f"{value[:SHOWN]}… ({len(value)})"
    if field == "phone" and not short.startswith("+"):
        digits = [at for at, sign in enumerate(short) if sign.isdigit()]
        return "".join("*" if at in digits[3:-4] else sign for at, sign in enumerate(short))
    return phones.mask(short) if field == "phone" else phones.scrub(short)


def name(cell: str) -> Told:
    """Read a name: composed, without hidden signs and inner blanks; what was written is kept where it differs."""
    if _HAN.fullmatch(cell):
        return Told({"name": cell})
    visible = _HIDDEN.sub("", cell)
    plain = _HAN_BLANK.sub("", " ".join(unicodedata.normalize("NFC", visible).translate(_WIDE).split()))
    if not plain:
        raise Wrong("name_missing")
    fields = {"name": phones.scrub(plain)}
    if plain != cell:
        fields["written"] = phones.scrub(cell)
    if visible != cell:
        return Told(fields, "name_hidden")
    return Told(fields, "" if any(sign.isalpha() for sign in plain) and "@" not in plain else "name_odd")


def phone(cell: str) -> Told:
    """Read one or several numbers: the first mobile is the phone, the others are kept beside it."""
    try:
        numbers = phones.read(cell)
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
    if not _EMAIL.fullmatch(cell):
        raise Wrong("email_wrong")
    return Told({"email": cell})


def key(field: str) -> Callable[[str], Told]:
    """Give the reading of a code or staff id: they lie unencrypted, so a phone is refused."""

    def read(cell: str) -> Told:
        if phones.scrub(cell) != cell:
            raise Wrong("key_is_phone")
        return Told({field: cell})

    return read


def text(field: str) -> Callable[[str], Told]:
    """Give the reading of a plain text, in which phones are hidden."""
    return lambda cell: Told({field: phones.scrub(cell)})


def labels(cell: str) -> Told:
    """Read tags, however they are separated."""
    found = dict.fromkeys(label for label in _BETWEEN_LABELS.split(phones.scrub(cell)) if label)
    return Told({"labels": ", ".join(found)})


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
    plain = cell.translate(_WIDE).strip()
    if field == "email":
        tried = re.sub(r"\s", "", plain).replace("。", ".").replace("，", ".").replace(",", ".").rstrip(".")
        return tried if _fits(email, tried) and tried != cell else ""
    if field != "phone" or reason in ("phone_masked", "phone_rounded", "phone_area"):
        return ""
    # The letters that look like digits, and a nought before a mobile.
    digits = re.sub(r"[^\d+]", "", plain.translate(str.maketrans("OoQlI|", "000111")))
    for tried in (digits, digits.lstrip("0"), digits[1:] if digits.startswith("01") else digits):
        if phones.MAINLAND.fullmatch(tried) and tried != cell:
            return tried
    return ""


def _fits(read: Callable[[str], Told], cell: str) -> bool:
    try:
        read(cell)
    except Wrong:
        return False
    return True
