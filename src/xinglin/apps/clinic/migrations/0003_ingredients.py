"""What patent medicines on a shelf consist of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinic", "0002_destruction")]

    operations = [
        migrations.AddField(
            model_name="shelfitem",
            name="ingredients",
            field=models.CharField(blank=True, max_length=400, verbose_name="成分"),
        ),
    ]
