from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_fewer_indexes")]
    operations = [
        migrations.RemoveIndex(model_name="access", name="access_of_a_role"),
        migrations.AddIndex(
            model_name="access", index=models.Index(fields=["role", "until"], name="access_of_a_role")
        ),
        migrations.AddIndex(
            model_name="case", index=models.Index(fields=["with_mentor_at"], name="case_met_lately")
        ),
    ]
