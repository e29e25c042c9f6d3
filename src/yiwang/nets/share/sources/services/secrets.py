"""Passwords and keys of sources: encrypted, never shown again. 凭据。"""

from __future__ import annotations

import json
from collections.abc import Mapping

from yiwang.kernel.base.errors import Unavailable
from yiwang.kernel.files import services as files
from yiwang.nets.share.sources.models import Source

PURPOSE = "share.sources.secret"


def seal(source: Source, secrets: Mapping[str, str]) -> None:
    """Put secrets on the row, under a key that goes when the source goes. 加密保存。"""
    if not source.secret_key:
        source.secret_key = files.create_key()
    plain = json.dumps(dict(secrets), ensure_ascii=False).encode()
    source.secret = files.seal_secret(
        plain, resource_key=source.secret_key, purpose=PURPOSE, whose=source.id
    )


def unseal(source: Source) -> dict[str, str]:
    """The secrets, for the moment of a connection. 解密。"""
    plain = files.unseal_secret(
        bytes(source.secret), resource_key=source.secret_key, purpose=PURPOSE, whose=source.id
    )
    if plain is None:
        raise Unavailable(
            "sources.secret.damaged",
            "The password of %(name)s cannot be read on this node; enter it again",
            name=source.name,
        )
    found: dict[str, str] = json.loads(plain)
    return found
