"""Migrates the database that YIWANG_DATABASE names. 迁移指定数据库。

`python -m yiwang.site.care.migrating [records|links]`, a process of its own because Django's settings are made once
per process. `records` makes the tables of declared entities instead, `links` adds what comes after
their rows.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Migrate and make the cache table, or make record tables. 入口。"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.site.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from yiwang.kernel.records.services.tables import rebuilding

    parts = {"records": rebuilding.make_empty, "links": rebuilding.finish}
    if len(sys.argv) > 1:
        parts[sys.argv[1]]()
        return
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


if __name__ == "__main__":
    main()
