"""List files as organisers have them: a GB18030 CSV, a workbook whose phones are numbers."""

import csv
import io

import xlsxwriter

HEADINGS = {
    "name": "姓名",
    "phone": "手机号",
    "company": "公司",
    "title": "职务",
    "email": "邮箱",
    "userid": "工号",
    "code": "编号",
}
# The first row of people stands in this line of both files.
FIRST_LINE = 2


def as_gb18030_csv(people: list[dict]) -> bytes:
    """Write a list as Excel in China saves CSV."""
    text = io.StringIO()
    writer = csv.writer(text)
    columns = _columns(people)
    writer.writerow([HEADINGS[name] for name in columns])
    writer.writerows([person.get(name) or "" for name in columns] for person in people)
    return text.getvalue().encode("gb18030")


def as_workbook(people: list[dict]) -> bytes:
    """Write a list as a workbook; phones are numbers, as spreadsheets turn them."""
    packed = io.BytesIO()
    columns = _columns(people)
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        page = book.add_worksheet("名单")
        page.write_row(0, 0, [HEADINGS[name] for name in columns])
        for line, person in enumerate(people, start=1):
            for column, name in enumerate(columns):
                value = person.get(name) or ""
                if name == "phone" and value:
                    page.write_number(line, column, int(value))
                else:
                    page.write_string(line, column, value)
    return packed.getvalue()


def _columns(people: list[dict]) -> list[str]:
    return [name for name in HEADINGS if any(person.get(name) for person in people)]
