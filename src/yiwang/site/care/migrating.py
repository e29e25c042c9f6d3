"""Migrates the database that YIWANG_DATABASE names. 迁移指定数据库。

`python -m yiwang.site.care.migrating`, a process of its own because Django's settings are made once
per process.
"""

from __future__ import annotations

import os


def main() -> None:
    """Migrate and make the cache table. 入口。"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiwang.site.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


if __name__ == "__main__":
    main()
