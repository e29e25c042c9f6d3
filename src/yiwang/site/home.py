"""The node's home folder: its id, keys and settings. 节点主目录。

Found in this order: `YIWANG_HOME`, `.yiwang` in the working folder where it exists, else
`~/.local/share/yiwang`. `node.json` is written once, at first start.
"""

from __future__ import annotations

import json
import os
import secrets
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import draw_node


def find_home() -> Path:
    """The folder this process works in. 查找主目录。"""
    named = os.environ.get("YIWANG_HOME")
    if named:
        return Path(named).expanduser().resolve()
    here = Path.cwd() / ".yiwang"
    return here if here.is_dir() else Path.home() / ".local" / "share" / "yiwang"


@dataclass(frozen=True)
class Home:
    """One node's folder. 节点主目录。

    `node.json` (0600) holds the node id, the signing secret and the master key that wraps the
    keys of stored files; `yiwang.toml` holds what an operator sets.
    """

    path: Path

    @cached_property
    def node(self) -> dict[str, str]:
        """Node id and secrets, drawn at first use. 节点信息。"""
        file = self.path / "node.json"
        if not file.exists():
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_private(file, json.dumps(_draw_secrets(), indent=2))
        found: dict[str, str] = json.loads(file.read_text("utf-8"))
        return found

    @cached_property
    def settings(self) -> dict[str, Any]:
        """What the operator wrote in yiwang.toml. 运维设置。"""
        file = self.path / "yiwang.toml"
        return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}

    def folder(self, name: str) -> Path:
        """A folder below the home, made where it is missing. 子目录。"""
        found = self.path / name
        found.mkdir(parents=True, exist_ok=True)
        return found


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner can read; loses a race to whoever came first. 写私有文件。"""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)


def _draw_secrets() -> dict[str, str]:
    return {
        "node": draw_node(),
        "created_at": now().isoformat(),
        "secret_key": secrets.token_urlsafe(50),
        "master_key": secrets.token_hex(32),
    }
