"""Deadlines know the register, area and author of their record, and are found by them."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """What the record says; in one statement, whatever their number."""
    del schema_editor
    deadline, record = apps.get_model("forms", "Deadline"), apps.get_model("forms", "Record")
    mine = record.objects.filter(pk=models.OuterRef("record"))
    names = {"definition": "definition", "place": "place", "facility_id": "facility_id", "author": "author"}
    deadline.objects.update(**{own: models.Subquery(mine.values(its)[:1]) for own, its in names.items()})


class Migration(migrations.Migration):
    dependencies = [
        ("forms", "0003_deadlines_by_day"),
        ("organisations", "0002_registered"),
    ]

    operations = [
        migrations.AddField(
            model_name="deadline",
            name="author",
            field=models.CharField(blank=True, editable=False, max_length=19, verbose_name="填报人"),
        ),
        migrations.AddField(
            model_name="deadline",
            name="definition",
            field=models.CharField(default="", editable=False, max_length=60, verbose_name="定义"),
        ),
        migrations.AddField(
            model_name="deadline",
            name="facility",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.facility",
            ),
        ),
        migrations.AddField(
            model_name="deadline",
            name="place",
            field=models.CharField(default="", editable=False, max_length=12, verbose_name="地区代码"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("closed_on", None)),
                fields=["definition", "due", "record", "place", "facility"],
                name="deadline_definition",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("closed_on", None)),
                fields=["place", "due", "definition", "state"],
                name="deadline_place",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("closed_on", None)),
                fields=["facility", "due", "definition", "state"],
                name="deadline_facility",
            ),
        ),
        migrations.AddIndex(
            model_name="deadline",
            index=models.Index(
                condition=models.Q(("closed_on", None)),
                fields=["author", "due", "definition", "state"],
                name="deadline_author",
            ),
        ),
    ]
