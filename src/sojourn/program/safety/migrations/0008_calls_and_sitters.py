from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('safety', '0007_wake_inboxes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='deadline',
            name='kind',
            field=models.CharField(choices=[('look', 'a look at a patient'), ('call', 'taking on a call for help'), ('sitter_look', 'a look of the sitter'), ('acknowledge', 'taking on an alarm'), ('deliver', 'telling somebody of an alarm')], max_length=12),
        ),
        migrations.RemoveConstraint(
            model_name='deadline',
            name='looks_say_when_they_are_due',
        ),
        migrations.AddConstraint(
            model_name='deadline',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['acknowledge', 'deliver']), ('look_due_at__isnull', False), _connector='OR'), name='looks_say_when_they_are_due'),
        ),
        migrations.RemoveConstraint(
            model_name='missedstep',
            name='each_step_is_taken_once',
        ),
        migrations.AddConstraint(
            model_name='missedstep',
            constraint=models.UniqueConstraint(fields=('visit_id', 'look_due_at', 'ladder', 'rung', 'times'), name='each_step_is_taken_once'),
        ),
    ]
