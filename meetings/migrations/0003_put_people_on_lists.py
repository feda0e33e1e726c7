"""Give every meeting that has a list one list row, and put its people on it."""

from django.db import migrations

NAME = "名单"
AT_ONCE = 2000


def put_on_lists(apps, schema_editor):
    """Make one list a meeting from the people who were uploaded or entered by hand."""
    Person = apps.get_model("meetings", "ExpectedPerson")
    List, Listing = apps.get_model("meetings", "ExpectedList"), apps.get_model("meetings", "Listing")
    listed = Person.objects.filter(removed_at=None).exclude(source="registrant")
    for meeting in listed.order_by().values_list("meeting", flat=True).distinct():
        made, _ = List.objects.get_or_create(meeting_id=meeting, name=NAME, defaults={"version": 1})
        rows = listed.filter(meeting_id=meeting).values_list("pk", "row").iterator()
        Listing.objects.bulk_create(
            (Listing(expected_list=made, person_id=person, row=row) for person, row in rows),
            batch_size=AT_ONCE,
            ignore_conflicts=True,
        )


def let_go_of_uploads(apps, schema_editor):
    """An upload that waits was checked by the way of before; its owner uploads the file again."""
    apps.get_model("meetings", "Upload").objects.filter(state="waiting").update(state="discarded", body=b"", mapping=[])


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_know_several_lists")]

    operations = [
        migrations.RunPython(put_on_lists, migrations.RunPython.noop),
        migrations.RunPython(let_go_of_uploads, migrations.RunPython.noop),
    ]
