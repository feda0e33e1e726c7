"""Telephone numbers: read what people write, show what may be shown, hide the rest."""

import re
from dataclasses import dataclass

import phonenumbers

# The sandbox, the demo and the tests use only this block of invented numbers.
FULL_WIDTH = str.maketrans("０１２３４５６７８９＋－（）　", "0123456789+-() ")
# Digits that begin like a telephone number and touch no other digit (ids of 17 digits do); letters may touch them, as in
# names people show.
PHONE_SHAPED = re.compile(
    r"(?<!\d)(?<!\d\.)(?:\+?\d{2,4}[ -]?)?(1[3-9]\d)(?:[ -]?\d{4}[ -]?|\.\d{4}\.)(\d{4})(?!\d)(?!\.\d)", re.ASCII
)

# A mainland mobile by itself, however it is grouped.
_MOBILE = r"(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
MAINLAND = re.compile(_MOBILE, re.ASCII)
SHORTEST_MOBILE = 11
# What follows the country code of a mainland landline: Beijing and the 2x have eight digits, others seven or eight.
_LANDLINE = re.compile(r"(?:10|2\d)\d{8}|[3-9]\d{9,10}", re.ASCII)
_LOCAL = re.compile(r"[2-9]\d{6,7}", re.ASCII)
# Hong Kong, Macao and Taiwan without a plus, which would pass for a landline of Zunyi or Anshun; Taiwan from within.
_FROM_AFAR = re.compile(r"85[23][2-9]\d{7}|886\d{8,9}", re.ASCII)
_TAIWAN = re.compile(r"0(9\d{8})", re.ASCII)
_SCIENTIFIC = re.compile(r"\d\.?(\d*)[eE]\+?(\d{1,2})", re.ASCII)
_MASKED = re.compile(r"\d[ -]?[*xX?]{3,}|[*xX?]{3,}[ -]?\d", re.ASCII)
_EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機|ext\.?|x|#|(?<=\d{7})-)\s*\d{1,6}$", re.IGNORECASE | re.ASCII)
# Between numbers: signs, words, a line end, or a blank between two whole mobiles.
_BETWEEN = re.compile(r"[,;/、，；|｜\n]|\s或\s?|或|(?<=\d{11})\s+(?=(?:\+|00|1[3-9]\d))", re.ASCII)
_SEVERAL = re.compile(rf"{_MOBILE}(?:\s+{_MOBILE})+", re.ASCII)
# Letters typed for digits.
_LOOKALIKE = str.maketrans("OoQlI|", "000111")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that can be dialled. `area` is the country code without a plus, `national` the rest."""

    area: str
    national: str
    mobile: bool

    @property
    def e164(self) -> str:
        """The number as +8613800000000."""
        return f"+{self.area}{self.national}"


class BadPhone(ValueError):
    """The text is no telephone number; `reason` is one of letters, length, several, unknown, masked, area,
    rounded."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse(text: str, region: str = "CN") -> Phone:
    """Read one number as people and spreadsheets write it (13800000000, 1.38E10, +86 138-0000-0000).

    Raises: BadPhone with the reason.
    """
    plain = _plain(text)
    if re.search(r"[^\W\d_]", plain):
        raise BadPhone("letters")
    if re.search(r"[,;/、，；]", plain):
        raise BadPhone("several")
    plain = re.sub(r"^00", "+", plain)
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException as error:
        raise BadPhone("unknown") from error
    # Possible, not valid: number plans grow faster than libraries, and a list row must not be lost over that.
    national = phonenumbers.national_significant_number(number)
    # Mainland mobiles have eleven digits; the library's landline lengths would let a lost digit pass.
    lost_digit = number.country_code == 86 and re.match(r"1[3-9]", national) and len(national) != 11
    if lost_digit or not phonenumbers.is_possible_number(number):
        raise BadPhone("length")
    return Phone(str(number.country_code), national, _is_mobile(number))


def read(text: str, region: str = "CN") -> tuple[Phone, ...]:
    """Read every number a cell holds, mobiles first; nothing for an empty text. Extensions are left out.

    Raises: BadPhone with the reason, where any part of the text is no number ("masked": digits are hidden; "area": it
    cannot be dialled from elsewhere, or not as it stands; "rounded": 1.38E+10, as spreadsheets save numbers as text).
    """
    if (rounded := _SCIENTIFIC.fullmatch(text.translate(FULL_WIDTH).strip())) and len(rounded[1]) < min(int(rounded[2]), 8):
        raise BadPhone("rounded")
    plain = _plain(text)
    if MAINLAND.fullmatch(plain):
        # Ninety-nine of a hundred are these, and the library takes sixty times as long.
        return (_mainland(plain),)
    if _SEVERAL.fullmatch(plain):
        return tuple(dict.fromkeys(map(_mainland, MAINLAND.findall(plain))))
    if _MASKED.search(plain):
        raise BadPhone("masked")
    parts = [part for part in _BETWEEN.split(plain) if part.strip()]
    numbers = dict.fromkeys(_number(_EXTENSION.sub("", part).strip(), region) for part in parts)
    return tuple(sorted(numbers, key=lambda number: not number.mobile))


def meant(text: str) -> str:
    """Give the number somebody probably meant who wrote something else, or nothing where nobody can know."""
    plain = _plain(text)
    digits = re.sub(r"[^\d+]", "", plain)
    if _FROM_AFAR.fullmatch(digits):
        return f"+{digits}"
    if _TAIWAN.fullmatch(digits):
        return f"+886{digits[1:]}"
    typed = re.sub(r"[^\d+]", "", plain.translate(_LOOKALIKE))
    tries = (digits, typed, typed.lstrip("0"), typed[1:] if typed.startswith("01") else typed)
    return next((tried for tried in tries if MAINLAND.fullmatch(tried)), "")


def _mainland(plain: str) -> Phone:
    return Phone("86", re.sub(r"\D", "", plain)[-SHORTEST_MOBILE:], True)


def _number(part: str, region: str) -> Phone:
    number = parse(part, region)
    if number.area != "86" or number.mobile:
        return number
    digits = re.sub(r"[^\d+]", "", part.translate(FULL_WIDTH))
    if _FROM_AFAR.fullmatch(digits) or _TAIWAN.fullmatch(digits) or _LOCAL.fullmatch(number.national):
        raise BadPhone("area")
    if not _LANDLINE.fullmatch(number.national):
        raise BadPhone("length" if len(number.national) < SHORTEST_MOBILE - 1 else "unknown")
    return number


def _plain(text: str) -> str:
    """Undo what spreadsheets do to numbers: full width, a trailing .0, scientific notation."""
    plain = text.translate(FULL_WIDTH).strip()
    if re.fullmatch(r"\d+\.0+", plain):
        plain = plain.split(".")[0]
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d{1,2}", plain):
        plain = str(int(float(plain)))
    return plain


def _is_mobile(number: phonenumbers.PhoneNumber) -> bool:
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    national = phonenumbers.national_significant_number(number)
    looks_chinese_mobile = number.country_code == 86 and re.fullmatch(r"1[3-9]\d{9}", national) is not None
    return looks_chinese_mobile or phonenumbers.number_type(number) in mobile


def mask(number: str) -> str:
    """Show a number so that it can be recognised but not called: 138****0000."""
    national = number.removeprefix("+86") if number.startswith("+86") else number
    if len(national) < 8:
        return "*" * len(national)
    return f"{national[:3]}****{national[-4:]}"


def scrub(text: str) -> str:
    """Mask everything in a text that has the shape of a mobile number, in full-width digits too."""
    if len(text) < SHORTEST_MOBILE:
        return text
    plain, shown, done = text.translate(FULL_WIDTH), "", 0
    for found in PHONE_SHAPED.finditer(plain):
        shown, done = f"{shown}{text[done:found.start()]}{found[1]}****{found[2]}", found.end()
    return shown + text[done:]


def scrub_event(_logger: object, _name: str, event: dict) -> dict:
    """Mask mobile numbers in every text of a log entry, and cut queries, which hold one-time codes (a structlog processor)."""
    clean = {key: scrub(value) if isinstance(value, str) else value for key, value in event.items()}
    return clean | {"request": clean["request"].split("?")[0]} if isinstance(clean.get("request"), str) else clean
