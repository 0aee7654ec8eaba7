from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0005_words'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='record',
            index=models.Index(condition=models.Q(('status__in', ['needs_you', 'quarantined', 'refused']), ('refusal', 'too_large_to_scan'), _connector='OR'), fields=['case'], name='record_that_stopped'),
        ),
    ]
