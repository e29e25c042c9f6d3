from django.db import migrations


def forget_words(apps, schema_editor):
    """Titles get their pinyin: words that are missing are made anew after migrating."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("UPDATE search_searchentry SET words = NULL")
    else:
        schema_editor.execute("DELETE FROM search_words")


class Migration(migrations.Migration):
    dependencies = [("search", "0003_synonymgroup")]
    operations = [migrations.RunPython(forget_words, migrations.RunPython.noop)]
