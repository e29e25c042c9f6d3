"""The page on case files tells every key, and its example is one."""

from __future__ import annotations

import re
from pathlib import Path

from yiwang.kernel.workflow.services.declaring import SCHEMA, read_case_type

PAGE = Path(__file__).parents[5] / "docs" / "reference" / "case-files.md"


def test_the_example_of_the_page_can_be_published():
    example = re.search(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert example
    assert read_case_type(example[1]).code == "demo.leave"


def test_every_key_of_the_schema_stands_on_the_page():
    told = set(re.findall(r"`([a-z_]+)(?::[^`]*)?`", PAGE.read_text("utf-8")))
    keys = set(SCHEMA["properties"]) | {"if", "to"}
    for name in ("field", "who", "sign", "join", "limit", "node"):
        keys |= set(SCHEMA["$defs"][name]["properties"])
    assert keys - told == set()
