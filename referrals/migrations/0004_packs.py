import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


def forget_indexes(apps, schema_editor):
    """Packs were letters, and only an index of them was kept: their files go by their keys, the night sweeps the bytes."""
    letters = apps.get_model("referrals", "Letter").objects.filter(kind="pack")
    keys = list(letters.exclude(file_key=None).values_list("file_key", flat=True))
    apps.get_model("referrals", "StoredFile").objects.filter(key__in=keys).delete()
    letters.delete()


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0003_records'),
    ]

    operations = [
        migrations.RunPython(forget_indexes, migrations.RunPython.noop),
        migrations.CreateModel(
            name='CarryPack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('asked_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('planned', 'Being made'), ('ready', 'Ready'), ('failed', 'Could not be made')], default='planned', max_length=10)),
                ('file_key', models.UUIDField(blank=True, null=True, unique=True)),
                ('size', models.PositiveBigIntegerField(default=0)),
                ('page_count', models.PositiveIntegerField(default=0)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'carry pack',
                'ordering': ['-asked_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='PackedRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('first_page', models.PositiveIntegerField(default=0)),
                ('page_count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'record in a pack',
                'ordering': ['number'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='letter',
            name='letter_is_to_somebody',
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='act',
            field=models.CharField(choices=[('sign_in', 'signed in'), ('sign_out', 'signed out'), ('sign_in_failed', 'failed to sign in'), ('password_changed', 'changed the password'), ('sign_up', 'opened an account'), ('refused', 'was refused'), ('invite', 'invited somebody'), ('join', 'accepted an invitation'), ('end_membership', 'ended a membership'), ('start', 'began a request'), ('edit', 'changed the request'), ('step', 'moved the case'), ('open_case', 'opened the request'), ('open_record', 'opened a record'), ('download', 'downloaded a record'), ('add_record', 'added a record'), ('stop_upload', 'stopped an upload'), ('make_link', 'made a link for sending records'), ('close_link', 'closed a link for sending records'), ('remove_record', 'removed a record'), ('erase_record', 'deleted a record'), ('erase_letter', 'deleted a letter'), ('hold', 'changed a legal hold'), ('keep_longer', 'asked to keep records longer'), ('date_record', 'corrected the date of a record'), ('pin', 'marked a spot on a record'), ('unpin', 'took a mark off a record'), ('unlock', 'gave the password of a record'), ('decide_scan', 'decided about a record that is too large for the virus check'), ('record_checked', 'a record was checked'), ('answer_flag', 'said that a flagged record is right'), ('checklist', 'changed the checklist'), ('source', 'changed who is asked for records'), ('contact', 'noted a contact about records'), ('sign_authorisation', 'signed a form to release records'), ('revoke_authorisation', 'took back a form to release records'), ('write_letter', 'had a letter made'), ('open_letter', 'opened a letter'), ('make_pack', 'had a pack of the records made'), ('carry_pack', 'took the records along as a pack'), ('consent', 'answered whether to go on without records'), ('specimen', 'changed where slides or blocks are'), ('ask', 'asked for something'), ('answer', 'answered'), ('prioritise', 'set the urgency'), ('save_opinion', 'saved the draft opinion'), ('sign_opinion', 'signed the opinion'), ('open_opinion', 'opened the opinion'), ('print_opinion', 'printed the opinion'), ('decide', 'recorded a decision'), ('reminder_sent', 'was written to'), ('reminder_setting', 'changed reminders')], max_length=30),
        ),
        migrations.AlterField(
            model_name='letter',
            name='kind',
            field=models.CharField(choices=[('authorisation', 'Authorisation'), ('own_copy', 'Request for the patient’s own copy'), ('request', 'Request for records'), ('chase', 'First reminder'), ('formal', 'Formal reminder with dates'), ('extension', 'Extension noted'), ('revocation', 'Authorisation revoked')], max_length=15),
        ),
        migrations.AlterField(
            model_name='letter',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='referrals.recordsource'),
        ),
        migrations.AddField(
            model_name='carrypack',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='carrypack',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='packs', to='referrals.case'),
        ),
        migrations.AddField(
            model_name='packedrecord',
            name='pack',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='referrals.carrypack'),
        ),
        migrations.AddField(
            model_name='packedrecord',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='referrals.record'),
        ),
        migrations.AddField(
            model_name='carrypack',
            name='records',
            field=models.ManyToManyField(related_name='packs', through='referrals.PackedRecord', to='referrals.record'),
        ),
        migrations.AddConstraint(
            model_name='packedrecord',
            constraint=models.UniqueConstraint(fields=('pack', 'record'), name='packed_once'),
        ),
        migrations.AddConstraint(
            model_name='packedrecord',
            constraint=models.UniqueConstraint(fields=('pack', 'number'), name='packed_in_an_order'),
        ),
        migrations.AddIndex(
            model_name='carrypack',
            index=models.Index(condition=models.Q(('status', 'planned')), fields=['asked_at'], name='pack_to_make'),
        ),
        migrations.AddIndex(
            model_name='carrypack',
            index=models.Index(fields=['expires_at'], name='pack_to_end'),
        ),
        migrations.AddConstraint(
            model_name='carrypack',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'ready'), _negated=True), models.Q(('file_key__isnull', False), ('size__gt', 0)), _connector='OR'), name='pack_ready_has_its_file'),
        ),
        migrations.AddConstraint(
            model_name='carrypack',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'planned')), fields=('case',), name='pack_one_is_made_at_a_time'),
        ),
    ]
