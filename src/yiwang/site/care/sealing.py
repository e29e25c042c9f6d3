"""node.json under a passphrase: scrypt, then AES-GCM. 口令封存。"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from yiwang.kernel.base.errors import InvalidInput

SALT_BYTES = 16
NONCE_BYTES = 12


def seal(data: bytes, passphrase: str) -> bytes:
    """The data, readable with the passphrase only. 封存。"""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    return salt + nonce + AESGCM(_stretch(passphrase, salt)).encrypt(nonce, data, None)


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """The data again; InvalidInput when the passphrase is another. 解封。"""
    salt, nonce = sealed[:SALT_BYTES], sealed[SALT_BYTES : SALT_BYTES + NONCE_BYTES]
    try:
        return AESGCM(_stretch(passphrase, salt)).decrypt(
            nonce, sealed[SALT_BYTES + NONCE_BYTES :], None
        )
    except InvalidTag:
        raise InvalidInput(
            "node.backup.passphrase", "The passphrase does not open this backup"
        ) from None


def _stretch(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())
