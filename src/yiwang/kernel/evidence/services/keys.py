"""The keys of a log: drawn once, sealed in its row. 存证密钥。"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from yiwang.kernel.base.errors import Unavailable
from yiwang.kernel.evidence.formats import sm2
from yiwang.kernel.evidence.formats.notes import (
    OTHER,
    SM2,
    Key,
    Note,
    public_of,
    read_key,
    sign,
    sign_by_sm2,
)
from yiwang.kernel.evidence.models import Log
from yiwang.kernel.files import services as files

PURPOSE = "evidence.log"
SEED_BYTES = 32


def make_keys(origin: str) -> dict[str, object]:
    """Fresh keys for a log as columns of its row: Ed25519, and SM2 where the system knows it. 生成密钥。"""
    private = Ed25519PrivateKey.generate()
    second = sm2.generate() if sm2.is_available() else b""
    keys = [public_of(private, origin)]
    if second:
        keys.append(Key(origin, OTHER, SM2 + sm2.public_of(second)))
    resource_key = files.create_key()
    sealed = files.seal_secret(
        private.private_bytes_raw() + second, resource_key=resource_key, purpose=PURPOSE,
        whose=origin,
    )  # fmt: skip
    return {
        "resource_key": resource_key,
        "sealed": sealed,
        "keys": [one.text for one in keys],
    }


def keys_of(log: Log) -> list[Key]:
    """The public keys of a log. 公钥。"""
    return [read_key(one) for one in log.keys]


def sign_body(log: Log, body: str) -> Note:
    """A text signed with every key of the log. 签名。"""
    plain = files.unseal_secret(
        bytes(log.sealed), resource_key=log.resource_key, purpose=PURPOSE, whose=log.origin
    )
    if plain is None:
        raise Unavailable(
            "evidence.keys.foreign",
            "The keys of the log were not sealed by this node; was the database restored without "
            "its node.json?",
        )
    first, second = plain[:SEED_BYTES], plain[SEED_BYTES:]
    lines = [sign(Ed25519PrivateKey.from_private_bytes(first), log.origin, body)]
    if second and sm2.is_available():
        lines.append(sign_by_sm2(second, log.origin, body))
    return Note(body, tuple(lines))
