"""Our data contracts are valid to the standard's own model and schema."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.conformance.environments import run_client
from yiwang.nets.share.catalog.types import ItemInfo, ResourceInfo
from yiwang.nets.share.quality.services.contracts import write_contract
from yiwang.nets.share.quality.types import Dimension, RuleKind, RuleSpec

pytestmark = pytest.mark.deep

RESOURCE = ResourceInfo(
    "ab12:01J", "3D01/000001", "低保人员", "D01", "名册", "resource", True, "t", ("证号",),
    items=(ItemInfo("证号", 1, "resident_id"), ItemInfo("姓名", 2), ItemInfo("年龄", 3)),
)  # fmt: skip
RULES = [
    RuleSpec("r1", RuleKind.REQUIRED, Dimension.COMPLETENESS, ("姓名",), title_zh="姓名不得为空"),
    RuleSpec("r2", RuleKind.UNIQUE, Dimension.ACCURACY, ("证号",), title_zh="证号不得重复"),
    RuleSpec("r3", RuleKind.UNIQUE, Dimension.ACCURACY, ("证号", "姓名"), title_zh="不得重复"),
    RuleSpec("r4", RuleKind.PATTERN, Dimension.CONFORMITY, ("年龄",), {"pattern": "[0-9]+"}),
    RuleSpec("r5", RuleKind.RANGE, Dimension.ACCURACY, ("年龄",), {"min": "0", "max": "120"}),
    RuleSpec("r6", RuleKind.COMPARE, Dimension.CONSISTENCY, ("证号", "姓名"), {"holds": "证号 != 姓名"}),
    RuleSpec("derived.证号.check", RuleKind.CHECK, Dimension.ACCURACY, ("证号",), derived=True),
]  # fmt: skip


def test_a_contract_is_valid_to_the_model_and_the_schema_of_the_standard() -> None:
    text = yaml.safe_dump(write_contract(RESOURCE, RULES), allow_unicode=True, sort_keys=False)

    found = json.loads(run_client("odcs", "validate.py", stdin=text))

    assert found == {"errors": [], "checks": len(RULES)}


def test_a_contract_with_a_fault_is_seen_to_be_one() -> None:
    contract = write_contract(RESOURCE, RULES)
    del contract["status"]

    found = json.loads(run_client("odcs", "validate.py", stdin=yaml.safe_dump(contract)))

    assert any("status" in error for error in found["errors"])
