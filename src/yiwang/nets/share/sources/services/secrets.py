"""Passwords and keys of sources: encrypted, never shown again. 凭据。"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from yiwang.kernel.base.errors import Unavailable
from yiwang.kernel.files import services as files
from yiwang.nets.share.sources.models import Source

NONCE = 12
PURPOSE = "share.sources.secret"


def seal(source: Source, secrets: Mapping[str, str]) -> None:
    """Put secrets on the row, under a key that goes when the source goes. 加密保存。"""
    if not source.secret_key:
        source.secret_key = files.create_key()
    nonce = os.urandom(NONCE)
    plain = json.dumps(dict(secrets), ensure_ascii=False).encode()
    source.secret = nonce + _cipher(source).encrypt(nonce, plain, source.id.encode())


def unseal(source: Source) -> dict[str, str]:
    """The secrets, for the moment of a connection. 解密。"""
    sealed = bytes(source.secret)
    try:
        plain = _cipher(source).decrypt(sealed[:NONCE], sealed[NONCE:], source.id.encode())
    except InvalidTag:
        raise Unavailable(
            "sources.secret.damaged",
            "The password of %(name)s cannot be read on this node; enter it again",
            name=source.name,
        ) from None
    found: dict[str, str] = json.loads(plain)
    return found


def _cipher(source: Source) -> AESGCM:
    return AESGCM(files.derive_key(source.secret_key, PURPOSE))
