"""The numbers of youth codes come from a sequence: two acceptances at once never get the same one."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL("create sequence cases_youth_code", "drop sequence cases_youth_code")]
