"""Conditions of forms and expressions of computed fields. 条件与计算式。

Files name fields by key or by Chinese label; what is built names them by key alone, so that an
answer can be given from a form or a field without its entity.
"""

from __future__ import annotations

import tokenize
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.expressions.services import Expression, compile_expression, holds
from yiwang.kernel.records.types import Field


def labels_of(fields: Mapping[str, Field]) -> dict[str, str]:
    """Labels that can be written as names in an expression, with their keys. 标签与键。"""
    return {
        text: key
        for key, field in fields.items()
        for text in field.label.values()
        if text.isidentifier()
    }


def compile_over(
    text: str, fields: Mapping[str, Field], known: Collection[str] | None = None
) -> Expression:
    """An expression over fields; InvalidInput says what is wrong with it. 编译表达式。"""
    return compile_expression(
        text, labels=labels_of(fields), known=fields if known is None else known
    )


@lru_cache(maxsize=4096)
def expression_of(text: str) -> Expression:
    """The expression of a checked declaration, in which keys are the only names. 已检查的表达式。"""
    return compile_expression(text)


def does_hold(text: str, values: Mapping[str, Any]) -> bool:
    """Whether a condition holds; none always does, one that cannot be worked out does not. 是否成立。"""
    try:
        return not text or holds(expression_of(text), values)
    except YiwangError:
        return False


def in_keys(text: str, fields: Mapping[str, Field]) -> str:
    """The expression with keys in place of labels; as it stands where it cannot be read. 标签换为键。"""
    if not text:
        return ""
    try:
        keys = dict(compile_over(text, fields).keys)
    except YiwangError:
        return text
    plain = text.strip()
    for start, end, name in reversed(list(_names(plain))):
        plain = plain[:start] + keys.get(name, name) + plain[end:]
    return plain


def _names(text: str) -> Iterator[tuple[int, int, str]]:
    """The names of fields in a text that was read, each with its place. 字段名位置。"""
    lines = f"(\n{text}\n)".split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=-2))
    found = list(tokenize.generate_tokens(iter([f"{line}\n" for line in lines]).__next__))
    for token, after in pairwise(found):
        if token.type == tokenize.NAME and after.string != "(":
            start = starts[token.start[0] - 1]
            name = unicodedata.normalize("NFKC", token.string)
            yield start + token.start[1], start + token.end[1], name
