"""Fills the PostgreSQL database of a node being restored. 填充恢复库。

`python -m yiwang.site.care.filling DRAFT`, in a process whose YIWANG_HOME and YIWANG_DATABASE name
the restored node, because Django's settings are made once per process.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def main() -> None:
    """Migrate to the backup's state, fill, migrate on. 入口。"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.site.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from yiwang.kernel.records.services.tables import rebuilding

    from .archive import MANIFEST
    from .snapshot import copy_in, is_record_table, list_tables, migrate_to

    draft = Path(sys.argv[1])
    manifest = json.loads((draft / MANIFEST).read_text("utf-8"))
    if list_tables():
        sys.exit("the database is not empty")
    migrate_to(manifest["migrations"])
    tables = manifest["tables"]
    copy_in(draft / "database", [one for one in tables if not is_record_table(one["name"])])
    records = [one for one in tables if is_record_table(one["name"])]
    if records:
        # What an older version of the tables of metadata lacks, migrating has to add first.
        call_command("migrate", interactive=False, verbosity=0)
        rebuilding.make_empty()
        copy_in(draft / "database", records)
        rebuilding.finish()
    call_command("migrate", interactive=False, verbosity=0)
    connection.close()


if __name__ == "__main__":
    main()
