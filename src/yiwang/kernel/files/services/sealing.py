"""Small secrets in a row: passwords, keys. 凭据加密。

Sealed under a resource key, so that destroying the key destroys the secret; bound to whose it is,
so that copied to another row it opens nothing.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .keys import derive_key

NONCE = 12


def seal_secret(plain: bytes, *, resource_key: str, purpose: str, whose: str) -> bytes:
    """A secret as it may lie in a row. 加密凭据。"""
    nonce = os.urandom(NONCE)
    return nonce + _cipher(resource_key, purpose).encrypt(nonce, plain, whose.encode())


def unseal_secret(sealed: bytes, *, resource_key: str, purpose: str, whose: str) -> bytes | None:
    """The secret, for the moment of its use; None where it was not sealed here for this. 解密凭据。"""
    try:
        cipher = _cipher(resource_key, purpose)
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], whose.encode())
    except InvalidTag:
        return None


def _cipher(resource_key: str, purpose: str) -> AESGCM:
    return AESGCM(derive_key(resource_key, purpose))
