from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0006_stopped_files'),
    ]

    operations = [
        migrations.AlterField(
            model_name='record',
            name='status',
            field=models.CharField(choices=[('received', 'Waiting to be checked'), ('identified', 'Virus check'), ('scanned', 'Making the pages'), ('rendered', 'Almost ready'), ('ready', 'Ready'), ('needs_you', 'Needs a password'), ('refused', 'Refused'), ('quarantined', 'Locked away')], default='received', max_length=12),
        ),
    ]
