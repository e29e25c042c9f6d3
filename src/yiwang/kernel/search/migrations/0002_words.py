from django.db import migrations


def create_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_searchentry ADD COLUMN words tsvector")
        schema_editor.execute("CREATE INDEX search_entry_words ON search_searchentry USING gin (words)")
    else:
        # The ascii tokenizer takes every character above 127 as part of a word, which is what the
        # words made in Python need; unicode61 knows only the characters of Unicode 6.1.
        schema_editor.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5(title, body, tokenize = 'ascii')"
        )


def drop_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_searchentry DROP COLUMN words")
    else:
        schema_editor.execute("DROP TABLE search_words")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(create_words, drop_words)]
