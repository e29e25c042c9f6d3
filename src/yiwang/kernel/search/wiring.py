"""What search registers at start. 检索登记项。"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate

from .services import complete_index


def complete_after_migrating(**_: Any) -> None:
    """Rows that came without their words, as in a move, get them. 迁移后补全索引。"""
    complete_index()


post_migrate.connect(
    complete_after_migrating, sender=apps.get_app_config("search"), dispatch_uid="search.complete"
)
