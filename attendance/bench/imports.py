"""A list of 100,000 people from the bytes of a file to committed rows: ours against pandas and bulk_create."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import xlsxwriter
from django.utils import timezone

from meetings.lists import rosters
from meetings.models import ExpectedList, Kind, Meeting
from portal.accounts.models import Organisation, User
from portal.names import surnames

SEED = 4
KINDS = ("xlsx", "csv")
# Modules that read and write, ours first.
CONTENDERS = {"ours": "attendance.bench.import_ours", "pandas": "attendance.bench.import_pandas"}
HEADINGS = ("姓名", "手机号", "邮箱", "公司", "职务", "工号", "编号", "备注")
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉红文辉建志海燕晨宇浩欣怡雪梅琳"
TITLES = ("经理", "总监", "研究员", "基金经理", "主任", "顾问", "助理", "董事长")
COMPANIES = 5_000
# Numbers that begin with 169 belong to nobody: a hundred thousand people need more than the usual invented block has.
FIRST_PHONE = 16_900_000_000

Row = tuple[str, int, str, str, str, str, str, str]


def make_files(directory: Path, rows: int) -> dict[str, Path]:
    """Write the same invented list as a workbook, whose phones are numbers, and as CSV."""
    files = {kind: directory / f"list.{kind}" for kind in KINDS}
    with xlsxwriter.Workbook(str(files["xlsx"]), {"constant_memory": True}) as book:
        page = book.add_worksheet("名单")
        page.write_row(0, 0, HEADINGS)
        for at, row in enumerate(_people(rows), 1):
            page.write_row(at, 0, row)
    with files["csv"].open("w", encoding="utf-8-sig", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(HEADINGS)
        writer.writerows(_people(rows))
    return files


def make_list() -> ExpectedList:
    """Give an empty list of a meeting of somebody."""
    organisation = Organisation.objects.create(name="bench", sdk_id="1", open_corp_id="bench")
    by, now = User.objects.create(username="bench"), timezone.now()
    times = {"start_at": now, "end_at": now + timedelta(hours=1)}
    meeting = Meeting.objects.create(organisation=organisation, owner=by, subject="bench", **times)
    return rosters.make(meeting, name="bench", kind=Kind.EXPECTED, by=by)


def _people(rows: int) -> Iterator[Row]:
    random, families = Random(SEED), sorted(surnames())
    for at in range(rows):
        name = random.choice(families) + random.choice(GIVEN) + random.choice(("", random.choice(GIVEN)))
        number = random.randrange(COMPANIES)
        company = f"{GIVEN[number % len(GIVEN)]}海{number}公司"
        yield (name, FIRST_PHONE + at, f"u{at}@example.cn", company, random.choice(TITLES), f"E{at:06}", f"C{at:06}",
               f"第{at % 90}桌")  # fmt: skip
