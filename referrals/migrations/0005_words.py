from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0004_packs'),
    ]

    operations = [
        migrations.AlterField(
            model_name='heldplace',
            name='status',
            field=models.CharField(choices=[('held', 'Held'), ('kept', 'Kept'), ('cancelled', 'Canceled')], default='held', max_length=10),
        ),
        migrations.AlterField(
            model_name='instance',
            name='problem',
            field=models.CharField(blank=True, choices=[('film', 'This is a film. Films can’t be played here yet.'), ('elsewhere', 'The file only says where its pictures lie. It does not hold them.'), ('packing', 'The pictures are packed in a way that can’t be opened here.'), ('too_large', 'The pictures are too large to open safely.'), ('too_many_frames', 'There are more pictures in this file than can be opened safely.'), ('values', 'The pictures hold numbers of a kind that can’t be shown here.'), ('colours', 'The pictures are in colors that can’t be shown here.'), ('broken', 'The pictures are damaged.'), ('copy', 'This is another copy of an image that is here already. The two files differ.')], max_length=30),
        ),
        migrations.AlterField(
            model_name='recordsource',
            name='kind',
            field=models.CharField(choices=[('hospital', 'Hospital'), ('practice', 'Doctor’s office'), ('imaging', 'Imaging center'), ('lab', 'Lab'), ('pharmacy', 'Pharmacy'), ('other', 'Somebody else')], max_length=10),
        ),
        migrations.AlterField(
            model_name='referral',
            name='decline_reason',
            field=models.CharField(blank=True, choices=[('conflict', 'I know people involved'), ('scope', 'Not my field'), ('time', 'Too many cases now'), ('away', 'I’m away'), ('records', 'Records are too thin'), ('licence', 'No license where the patient is'), ('other', 'Another reason')], max_length=20),
        ),
        migrations.AlterField(
            model_name='referral',
            name='status',
            field=models.CharField(choices=[('prepared', 'Prepared'), ('offered', 'Offer out'), ('declined', 'Declined'), ('expired', 'No reply'), ('in_review', 'Reading'), ('paused', 'Waiting for an answer'), ('signed', 'Signed'), ('taken_back', 'Given to someone else'), ('cancelled', 'Canceled')], default='prepared', max_length=20),
        ),
        migrations.AlterField(
            model_name='specialistprofile',
            name='licence',
            field=models.CharField(blank=True, max_length=120, verbose_name='license'),
        ),
        migrations.AlterField(
            model_name='upload',
            name='status',
            field=models.CharField(choices=[('open', 'On its way'), ('done', 'Complete'), ('cancelled', 'Canceled'), ('expired', 'Expired')], default='open', max_length=10),
        ),
    ]
