"""Whoever asked for a director, an admin or a key with roles is not who says yes, in the database as well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0018_import_reading")]
    operations = [
        migrations.AddConstraint(
            model_name="rolerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("granted", False), models.Q(("answered_by", models.F("asked_by")), _negated=True), _connector="OR"),
                name="two_people_raise_somebody",
            ),
        ),
    ]
