from django.db import migrations

# Alarms that stood before deadlines were rows of their own.
STANDING = """
INSERT INTO safety_deadline (id, kind, about_id, patient_id, priority, facts, is_armed, began_at, due_at)
SELECT gen_random_uuid(), need.kind, alarm.id, alarm.patient_id, CASE alarm.severity WHEN 'red' THEN 0 ELSE 1 END, '{}',
       true, alarm.raised_at, CASE need.kind WHEN 'acknowledge' THEN alarm.acknowledge_by ELSE clock_timestamp() END
FROM safety_alarm alarm CROSS JOIN (VALUES ('acknowledge'), ('deliver')) AS need (kind)
WHERE NOT EXISTS (SELECT 1 FROM safety_alarmevent step WHERE step.alarm_id = alarm.id AND step.what <> 'raised')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('safety', '0004_deadlines'),
    ]

    operations = [
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
    ]
