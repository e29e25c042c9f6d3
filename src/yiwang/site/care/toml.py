"""Writing one setting into yiwang.toml, the rest untouched. 写入设置。"""

from __future__ import annotations

import json
import re
from pathlib import Path


def write_setting(file: Path, name: str, value: str) -> None:
    """Set a text at the top level of the file, which only its owner may read afterwards. 写入设置项。"""
    text = file.read_text("utf-8") if file.exists() else ""
    line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    pattern = re.compile(rf"^{re.escape(name)}\s*=.*$", re.MULTILINE)
    top, table, rest = text.partition("\n[") if not text.startswith("[") else ("", text[:0], text)
    top = pattern.sub(lambda _: line, top) if pattern.search(top) else f"{line}\n{top}"
    draft = file.with_name(f"{file.name}.new")
    draft.touch(mode=0o600)
    draft.write_text(f"{top}{table}{rest}", "utf-8")
    draft.chmod(0o600)
    draft.replace(file)
