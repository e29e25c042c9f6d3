"""The door to live sources. 数据源服务。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from yiwang.kernel.base.errors import InvalidInput, NotFound

from .reach import resolve_host, resolve_path, resolve_public
from .types import LIVE_KINDS, FileSource, LiveKind, Opened, Setting, TableSource

__all__ = [
    "clean_settings",
    "get_kind",
    "list_kinds",
    "open_files",
    "open_live",
    "open_tables",
    "resolve_host",
    "resolve_path",
    "resolve_public",
]

LONGEST = 4_000


def list_kinds() -> list[LiveKind]:
    """Every kind that is installed. 数据源类型列表。"""
    return LIVE_KINDS.values()


def get_kind(name: str) -> LiveKind:
    """The kind of that name, or NotFound. 取数据源类型。"""
    found = LIVE_KINDS.find(name)
    if found is None:
        raise NotFound(
            "live.kind.missing", "This node knows no kind of source %(kind)s", kind=name[:60]
        )
    return found


def clean_settings(
    kind: LiveKind, given: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """What was said, checked: open settings and secrets. 校验连接参数。

    Raises InvalidInput naming the field; secrets may be left out and keep what they were.
    """
    known = {one.name: one for one in kind.settings}
    for name in given:
        if name not in known:
            raise InvalidInput(
                "live.setting.unknown", "A source has no setting %(name)s", name=name[:60]
            )
    cleaned = {name: _clean(one, given.get(name, "")) for name, one in known.items()}
    secrets = {name: given[name] for name in kind.secrets if given.get(name)}
    return {name: text for name, text in cleaned.items() if name not in kind.secrets}, secrets


def _clean(setting: Setting, given: str) -> str:
    text = (given if setting.kind == "secret" else given.strip()) or setting.default
    place = {"name": setting.name, "field": f"setting_{setting.name}"}
    if setting.required and not text and setting.kind != "secret":
        raise InvalidInput("live.setting.needed", "The setting %(name)s is needed", **place)
    if len(text) > LONGEST or "\0" in text:
        raise InvalidInput("live.setting.text", "The setting %(name)s is no short text", **place)
    if setting.kind == "number" and text and not (text.isascii() and text.isdigit()):
        raise InvalidInput("live.setting.number", "The setting %(name)s is a number", **place)
    if setting.kind == "choice" and text and text not in dict(setting.choices):
        raise InvalidInput(
            "live.setting.choice", "The setting %(name)s is none of its choices", **place
        )
    return text


@contextmanager
def open_live(
    kind: LiveKind, settings: Mapping[str, str], secrets: Mapping[str, str]
) -> Iterator[Opened]:
    """Connect; the end of the block lets go. 打开数据源。"""
    with kind.open_source(settings, secrets) as opened:
        yield opened


@contextmanager
def open_tables(
    kind: LiveKind, settings: Mapping[str, str], secrets: Mapping[str, str]
) -> Iterator[TableSource]:
    """Connect to a database. 打开数据库。"""
    with open_live(kind, settings, secrets) as opened:
        yield opened  # type: ignore[misc]  # the shape of the kind says which it is


@contextmanager
def open_files(
    kind: LiveKind, settings: Mapping[str, str], secrets: Mapping[str, str]
) -> Iterator[FileSource]:
    """Open a folder. 打开目录。"""
    with open_live(kind, settings, secrets) as opened:
        yield opened  # type: ignore[misc]  # the shape of the kind says which it is
