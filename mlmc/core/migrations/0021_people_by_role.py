"""Who holds a role, who is next by name and who is gone is found without reading everybody."""

from django.db import migrations, models

ROLES = ["intake", "assessment", "mentor", "case_manager", "support", "supervisor", "evaluation", "director", "admin"]


class Migration(migrations.Migration):
    dependencies = [("core", "0020_roles_of_a_key")]
    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(models.OrderBy(models.F("is_active"), descending=True), models.F("name"), models.F("id"), condition=models.Q(("is_program", False)), name="people_by_name"),
        ),
        *(
            migrations.AddIndex(
                model_name="user",
                index=models.Index(fields=["name", "id"], condition=models.Q(("is_active", True), ("roles__contains", [role])), name=f"people_{role}"),
            )
            for role in ROLES
        ),
    ]
