from datetime import timedelta

from django.db import migrations, models

# The one clock of all deadlines goes on where the database's was set back; see safety.steady.
STEADY = """
CREATE OR REPLACE FUNCTION watch_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS
'SELECT clock_timestamp() + coalesce((SELECT ahead FROM safety_watchclock), interval ''0'')'
"""
PLAIN = """
CREATE OR REPLACE FUNCTION watch_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT clock_timestamp()'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('safety', '0008_calls_and_sitters'),
    ]

    operations = [
        migrations.CreateModel(
            name='WatchClock',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('ahead', models.DurationField(db_default=timedelta(0))),
                ('steps', models.PositiveIntegerField(db_default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_clock_of_the_watch'), models.CheckConstraint(condition=models.Q(('ahead__gte', timedelta(0))), name='the_clock_of_the_watch_is_never_behind')],
            },
        ),
        migrations.RunSQL(STEADY, PLAIN),
    ]
