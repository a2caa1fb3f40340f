from typing import Any

from django.db import migrations

from concorda.foundation.organizations import vocabulary


def load(apps: Any, schema_editor: Any) -> None:
    vocabulary.load(apps.get_model("organizations", "Term"), apps.get_model("organizations", "Place"))


class Migration(migrations.Migration):
    """Every installation has our vocabulary and the provinces and territories."""

    dependencies = [("organizations", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
