"""Digests that only this node can make: of values, and over workbooks it sent. 摘要与签名。"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence

from django.utils.crypto import salted_hmac

UNIT, RECORD = "\x1f", "\x1e"


def digest_value(value: str | None) -> str:
    """A digest of a value that nobody can guess it back from. 取值摘要。"""
    text = "" if value is None else f"={value}"
    return salted_hmac("yiwang.quality.value", text, algorithm="sha256").hexdigest()[:32]


def sign_rows(rows: Iterable[Sequence[str]]) -> str:
    """A signature over rows of text. 签名。"""
    text = RECORD.join(UNIT.join(row) for row in rows)
    return salted_hmac("yiwang.quality.workbook", text, algorithm="sha256").hexdigest()


def is_signed(rows: Iterable[Sequence[str]], signature: str) -> bool:
    """Whether this node signed these rows. 验签。"""
    return hmac.compare_digest(sign_rows(rows), signature)
