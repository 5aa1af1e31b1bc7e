from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0015_integrations'),
    ]

    operations = [
        migrations.AddField(
            model_name='keptanswer',
            name='thing',
            field=models.UUIDField(blank=True, null=True),
        ),
    ]
