"""What is wrong with a file, a mapping or a row, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from meetings.lists.headings import FAMILY, GIVEN, OURS
from meetings.lists.mapping import KEEP
from meetings.models import UploadLine
from meetings.words import REASONS

FIELDS = {
    "name": _("Name"),
    FAMILY: _("Family name"),
    GIVEN: _("Given name"),
    "phone": _("Phone"),
    "more_phones": _("Further phones"),
    "email": _("E-mail"),
    "company": _("Company"),
    "title": _("Job title"),
    "userid": _("Staff id"),
    "code": _("External code"),
    "labels": _("Tags"),
    "note": _("Remark"),
    KEEP: _("Keep beside the person"),
    OURS: _("Do not read"),
}

FILE = {
    "wrong_type": _("This kind of file cannot be read. Use one of: %(extensions)s."),
    "empty": _("There is nothing in it."),
    "too_big": _("The file is larger than %(limit)d MB."),
    "web_page": _(
        "This is a web page that was saved under a spreadsheet's name. Open it and save it as XLSX."
    ),
    "broken": _("The spreadsheet is damaged. Open it, save it again and upload that."),
    "password": _("The spreadsheet is protected by a password. Save it without one."),
    "unpacked": _(
        "Unpacked, it is far too large (over %(limit)d MB). Delete empty rows and columns and save it again."
    ),
    "too_slow": _("Reading it took longer than %(limit)d seconds. Delete what does not belong to the list."),
    "rows": _("There are more than %(limit)d rows. Split the list."),
    "columns": _("There are more than %(limit)d columns. Delete what does not belong to the list."),
    "encoding": _("The text is neither UTF-8 nor GB18030 nor UTF-16. Save it as CSV UTF-8 or as XLSX."),
    "binary": _("There are characters that no text has. Save it as CSV UTF-8 or as XLSX."),
    "quotes": _("A quotation mark is opened here and not closed, or stands in the middle."),
    "no_header": _(
        "No headings were found. "
        "The row above the people must say what stands below, for example 姓名 (name), 手机号 (phone)."
    ),
    "no_rows": _("There are headings, but no people below them."),
}

MAPPING = {
    "no_name": _("No column holds the name. Choose one."),
    "half_name": _("A column holds half of the name. Choose one for the other half too, or one for the whole name."),
    "field_twice": _("Two columns are to hold the same. Choose one of them."),
}

ROW = {
    "name_missing": _("The name is missing."),
    "phone_letters": _("There are letters in the phone."),
    "phone_length": _("The phone has too many or too few digits: a mobile of the mainland has 11."),
    "phone_several": _("There are several phones; the first mobile is the one that counts."),
    "phone_landline": _("This is a landline: it cannot be imported into the enrolment."),
    "phone_area": _("The area or country code is missing (as in 010-… or +852 …)."),
    "phone_rounded": _("The spreadsheet has rounded the number. Format the column as text and enter it again."),
    "phone_unknown": _("This is no phone."),
    "phone_masked": _("The phone is masked. The full number is needed."),
    "email_wrong": _("This is no e-mail address."),
    "key_is_phone": _("A phone stands where a code is expected. Choose the phone column for it."),
    "too_long": _("The text is too long (at most %(limit)d characters)."),
    "extra_cell": _(
        "The row has more cells than there are headings. Perhaps a comma inside a text is not quoted."
    ),
    "phone_twice": _("Line %(other)d has the same phone."),
    "code_twice": _("Line %(other)d has the same external code."),
    "userid_twice": _("Line %(other)d has the same staff id."),
    "name_twice": _("Line %(other)d has the same name, and nothing tells the two apart: both are taken."),
    "name_again": _(
        "Line %(other)d has the same name and company, but another phone, code or staff id: both are taken."
    ),
    "name_listed": _(
        "Somebody known has the same name and company, but another phone, code or staff id: taken as somebody new."
    ),
    "name_hidden": _("Hidden characters were taken out of the name."),
    "name_odd": _("This does not look like a name."),
    "name_lost": _("A rare character of the name was lost when the file was saved. Enter it again."),
    "name_several": _("There seem to be several names. One row should hold one person."),
    "same_person": _("Line %(other)d means the same person of the list."),
    "keys_disagree": _("Phone, code and staff id belong to different people of the list."),
}

LINK = {
    "link_quota": _("Tencent Meeting gives no more exclusive links for this meeting (300 at most)."),
    "link_not_made": _("Tencent Meeting could not make this link."),
}


def of_file(code: str, place: Mapping[str, object]) -> str:
    """Say why a file cannot be read, beginning with the place as far as it is known."""
    return _place(place) + str(FILE[code]) % place


def of_row(reason: str, *, other: int = 0, limit: int = 0) -> str:
    """Say why a row cannot be taken, or what is doubtful about it."""
    return str(ROW[reason]) % {"other": other, "limit": limit} if reason else ""


def at_place(place: str, told: str) -> str:
    """Say something of a place: of a sheet, a line, a column."""
    return gettext("%(place)s: %(told)s") % {"place": place, "told": told}


def of_link(code: str) -> str:
    """Say why a link was refused."""
    return str(LINK.get(code) or REASONS.get(code) or code)


def of_effect(line: UploadLine) -> str:
    """Say what a row does to the list."""
    if line.effect != UploadLine.Effect.CHANGED:
        return line.get_effect_display()
    names = line.changes.split(",")
    fields = [str(FIELDS[name]) if name in FIELDS else gettext("further columns") for name in names]
    return gettext("changes: %(fields)s") % {"fields": ", ".join(fields)}


def _place(place: Mapping[str, object]) -> str:
    parts = []
    if place.get("sheet"):
        parts.append(gettext("Sheet “%(sheet)s”") % place)
    if place.get("line"):
        parts.append(gettext("Line %(line)d") % place)
    return at_place(", ".join(parts), "") if parts else ""
