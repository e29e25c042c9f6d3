"""Who would lose something if columns of a resource went. 结构变更影响。"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from yiwang.nets.share.catalog.types import COLUMN_DEPENDENTS, Dependent


def list_dependents(resource_id: str, columns: Sequence[str]) -> list[Dependent]:
    """What hangs on these columns of a resource, as modules above know it. 受影响方。

    Those that use them first, then those that they reach by way of others.
    """
    if not columns:
        return []
    found = [one for port in COLUMN_DEPENDENTS.values() for one in port(resource_id, columns)]
    return sorted(found, key=lambda one: (not one.direct, one.label, one.id))


def sign_dependents(found: Sequence[Dependent]) -> str:
    """A short sign of what a person saw listed, so that a word on it holds for that list alone. 清单签名。"""
    text = "\n".join(sorted(f"{one.id} {' '.join(one.columns)}" for one in found))
    return hashlib.sha256(text.encode()).hexdigest()[:16] if found else ""
