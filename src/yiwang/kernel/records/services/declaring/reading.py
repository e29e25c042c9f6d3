"""Bundles read from files, checked or as they were published. 读取声明包。"""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.types import Bundle, Entity

from .building import build
from .files import load_sources, read_sources
from .flaws import find_flaws


def read_bundle(files: Mapping[str, str], *, known: Mapping[str, Entity] | None = None) -> Bundle:
    """What the files of an app declare, checked. 读取并检查声明包。

    `known` are entities that stand published already: those that links of other apps point to, and
    this app's own of the version before. InvalidInput names the file, the line and what is wrong.
    """
    bundle, problems = _look_at(files, known or {})
    if bundle is None or problems:
        raise problems[0]
    return bundle


def find_problems(
    files: Mapping[str, str], *, known: Mapping[str, Entity] | None = None
) -> list[InvalidInput]:
    """Everything wrong with the files of an app: first their shape, then what they say. 问题清单。"""
    return _look_at(files, known or {})[1]


def build_bundle(files: Mapping[str, str], *, version: int = 0) -> Bundle:
    """The bundle of files that were checked when they were published. 构造已发布的声明包。"""
    return build(load_sources(files), version)


def _look_at(
    files: Mapping[str, str], known: Mapping[str, Entity]
) -> tuple[Bundle | None, list[InvalidInput]]:
    problems: list[InvalidInput] = []
    sources = read_sources(files, problems)
    if problems:
        return None, problems
    bundle = build(sources)
    return bundle, list(find_flaws(sources, bundle, known))
