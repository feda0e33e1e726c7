"""The usual way: pandas reads (openpyxl, where it is a workbook), bulk_create writes. Nothing is checked."""

import secrets
from functools import partial
from pathlib import Path

import pandas
from django.db import transaction

from meetings.models import ExpectedList, ExpectedPerson, Listing
from portal.crypto import index_hash

AT_ONCE = 1_000
FIELDS = ("name", "phone", "email", "company", "title", "userid", "code", "note")


def run(file: Path, into: ExpectedList) -> int:
    """Bring a file onto a list; gives how many people are on it."""
    read = pandas.read_csv if file.suffix == ".csv" else partial(pandas.read_excel, engine="openpyxl")
    table = read(file, dtype=str).fillna("")
    people = [_person(into, at, dict(zip(FIELDS, row, strict=True))) for at, row in enumerate(table.to_numpy(), 2)]
    with transaction.atomic():
        ExpectedPerson.objects.bulk_create(people, batch_size=AT_ONCE)
        listings = [Listing(expected_list=into, person=person, row=person.row) for person in people]
        Listing.objects.bulk_create(listings, batch_size=AT_ONCE)
    return into.listings.count()


def _person(into: ExpectedList, row: int, told: dict[str, str]) -> ExpectedPerson:
    phone = f"+86{told.pop('phone')}"
    return ExpectedPerson(
        meeting_id=into.meeting_id, tag=secrets.token_hex(10), row=row, phone=phone, phone_tail=phone[-4:],
        phone_index=index_hash("phone", phone), **told,
    )  # fmt: skip
