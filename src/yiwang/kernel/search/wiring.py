"""What search registers at start. 检索登记项。"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate

from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg

from .services import complete_index
from .types import EDIT_SYNONYMS

declare_permission(
    EDIT_SYNONYMS, msg("Say which words mean the same in search"), {"engineer": "all"}
)


def complete_after_migrating(**_: Any) -> None:
    """Rows that came without their words, as in a move, get them. 迁移后补全索引。"""
    complete_index()


post_migrate.connect(
    complete_after_migrating, sender=apps.get_app_config("search"), dispatch_uid="search.complete"
)
