from pathlib import Path

from django.db import migrations


class Migration(migrations.Migration):
    """Where people stand follows a patient who left, too. Backward it stays: what is kept holds for either."""

    dependencies = [
        ("treatment", "0014_form_answers"),
    ]

    operations = [
        migrations.RunSQL(
            Path(__file__).with_name("0015_left_is_over.sql").read_text(encoding="utf-8"),
            migrations.RunSQL.noop,
        ),
    ]
