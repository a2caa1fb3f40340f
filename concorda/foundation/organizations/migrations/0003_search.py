from django.db import migrations

from concorda.foundation.organizations import search


class Migration(migrations.Migration):
    """The words of the directory, in the full-text engine of the database."""

    dependencies = [("organizations", "0002_vocabulary")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: search.create(schema_editor.connection),
            lambda apps, schema_editor: search.drop(schema_editor.connection),
        )
    ]
