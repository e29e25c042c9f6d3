"""Data keys: made, unwrapped, destroyed. 密钥。"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import connection, transaction

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound, Unavailable
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.files.models import FileRow, ResourceKey

from .content import erase_content

NONCE_BYTES = 12


def create_key() -> str:
    """Draw a data key for things that are to be destroyed together; gives its id. 新建密钥。"""
    key_id = new_id()
    nonce = os.urandom(NONCE_BYTES)
    wrapped = nonce + _master().encrypt(nonce, os.urandom(32), key_id.encode())
    ResourceKey(id=key_id, wrapped=wrapped, created_at=now()).save(force_insert=True)
    return key_id


def derive_key(key_id: str, purpose: str) -> bytes:
    """Thirty-two bytes for one purpose of another module (`pool.parts`), gone with the key. 派生密钥。"""
    info = b"yiwang " + purpose.encode()
    return HKDF(SHA256(), length=32, salt=None, info=info).derive(data_key(key_id))


def data_key(key_id: str) -> bytes:
    """The data key in clear, for this module only. 数据密钥。"""
    row = ResourceKey.objects.filter(pk=key_id).first()
    if row is None or row.destroyed_at:
        raise NotFound(
            "files.key.gone", "The key %(key_id)s does not exist any more", key_id=key_id
        )
    wrapped = bytes(row.wrapped)
    try:
        return _master().decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], key_id.encode())
    except InvalidTag:
        raise Unavailable(
            "files.key.foreign",
            "The key %(key_id)s was not wrapped with this node's master key; "
            "was the database restored without its node.json?",
            key_id=key_id,
        ) from None


def destroy_key(act: Act, key_id: str) -> int:
    """Make everything under a key unreadable for ever, and remove its files; gives their number. 销毁密钥。

    The key is emptied and the rows go in the transaction of the act; the bytes go right after its
    commit, and what a crash leaves of them is unreadable and swept away. Copies of the database
    made earlier still hold the wrapped key: a backup forgets only when it is thrown away.
    """
    _overwrite_freed_pages()
    changed = ResourceKey.objects.filter(pk=key_id, destroyed_at=None).update(
        wrapped=b"", destroyed_at=act.at, destroyed_act_id=act.id
    )
    if not changed:
        raise NotFound(
            "files.key.gone", "The key %(key_id)s does not exist any more", key_id=key_id
        )
    files = FileRow.objects.filter(key_id=key_id)
    ids = list(files.values_list("id", flat=True))
    files.delete()
    for file_id in ids:
        transaction.on_commit(lambda gone=file_id: erase_content(gone))  # type: ignore[misc]
    return len(ids)


def _overwrite_freed_pages() -> None:
    """Have SQLite write zeros where the wrapped key stood. 覆写已删内容。"""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _master() -> AESGCM:
    return AESGCM(settings.YIWANG_MASTER_KEY)
