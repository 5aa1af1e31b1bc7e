from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="response",
            name="danger_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
