"""Rules are written, read and sent on without losing a word."""

import json

import pytest
import yaml

from yiwang.kernel.base.errors import InvalidInput, NotPermitted, YiwangError
from yiwang.nets.share.catalog.types import ItemInfo, ResourceInfo
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.services.contracts import read_contract, write_contract
from yiwang.nets.share.quality.services.rule_files import parse_rules
from yiwang.nets.share.quality.services.rule_shapes import SHAPES, write_rule
from yiwang.nets.share.quality.types import RuleKind

pytestmark = pytest.mark.django_db

ROWS = "编号,姓名,性别,年龄,开始,结束,状态\n1,张三,1,30,2020-01-01,2021-01-01,在册\n2,李四,9,300,2022-01-01,2021-01-01,\n"
EVERY = [
    {"code": "r1", "kind": "required", "field": "姓名"},
    {"code": "r2", "kind": "unique", "fields": ["编号", "姓名"]},
    {"code": "r3", "kind": "code", "field": "性别", "code_set": "sex", "on": "开始"},
    {"code": "r4", "kind": "format", "field": "编号", "element": "resident_id"},
    {"code": "r5", "kind": "check", "field": "编号", "element": "resident_id"},
    {"code": "r6", "kind": "typed", "field": "年龄", "type": "number"},
    {"code": "r7", "kind": "range", "field": "年龄", "min": "0", "max": "120", "severity": "warning"},
    {"code": "r8", "kind": "length", "field": "姓名", "min": "2", "max": "20"},
    {"code": "r9", "kind": "pattern", "field": "编号", "pattern": "[0-9]+"},
    {"code": "r10", "kind": "compare", "holds": "结束 >= 开始", "dimension": "accuracy"},
    {"code": "r11", "kind": "condition", "given": "性别 = '1'", "then": "状态 = '在册'"},
    {"code": "r12", "kind": "fresh", "field": "开始", "days": 365, "when": "状态 = '在册'"},
]  # fmt: skip


@pytest.fixture
def resource(engineer, send):
    [delivery] = send(engineer, ROWS, name="登记.csv", key=("编号",))
    return delivery.resource


def plain(told):
    return {name: value for name, value in told.items() if name != "title"}


def test_every_kind_of_rule_has_a_form():
    assert set(SHAPES) == set(RuleKind)
    assert {one["kind"] for one in EVERY} | {"reference"} == set(RuleKind.values)


def test_rules_come_back_from_yaml_as_they_were_written(engineer, resource):
    services.declare_all(engineer, resource, EVERY)

    text = services.export_rules(engineer, resource)

    told = yaml.safe_load(text)["rules"]
    assert sorted(map(plain, told), key=str) == sorted(EVERY, key=str)
    before = services.list_rule_revisions(engineer, resource)
    services.import_rules(engineer, resource, text)
    assert len(services.list_rule_revisions(engineer, resource)) == len(before)


def test_rules_come_back_from_a_contract(engineer, resource):
    services.declare_all(engineer, resource, EVERY)
    text = services.export_rules(engineer, resource, format="odcs")
    for one in EVERY:
        services.withdraw_rule(engineer, resource, one["code"], reason="重新导入")

    services.import_rules(engineer, resource, text)

    declared = [r for r in services.list_rules(engineer, resource) if not r.derived]
    assert sorted((plain(write_rule(r)) for r in declared), key=str) == sorted(EVERY, key=str)


def test_a_contract_of_others_is_read_by_its_metrics():
    contract = {
        "kind": "DataContract",
        "schema": [{
            "name": "t",
            "properties": [{"name": "a", "quality": [
                {"metric": "nullValues", "mustBe": 0},
                {"metric": "invalidValues", "mustBe": 0, "arguments": {"pattern": "[0-9]+"}},
                {"type": "text", "description": "checked by hand"},
            ]}],
            "quality": [{"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["a", "b"]}}],
        }],
    }  # fmt: skip

    found = read_contract(contract)

    assert [(one["kind"], one.get("field") or one.get("fields")) for one in found] == [
        ("required", "a"), ("pattern", "a"), ("unique", ["a", "b"]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "check",
    [
        {"type": "sql", "query": "SELECT 1", "mustBe": 0},
        {"type": "custom", "engine": "soda", "implementation": "x"},
        {"metric": "rowCount", "mustBeGreaterThan": 5},
        {"metric": "nullValues", "mustBeLessThan": 5},
    ],
)
def test_a_check_that_cannot_be_carried_out_is_named(check):
    contract = {"schema": [{"properties": [{"name": "a", "quality": [check]}]}]}

    with pytest.raises(InvalidInput) as refused:
        read_contract(contract)

    assert refused.value.code == "quality.rules.foreign"
    assert refused.value.extra["field"] == "a"


@pytest.mark.parametrize(
    "text",
    ["", "[", "a: *b", "just words", "rules: 5", "- 1", "kind: DataContract\nschema: 5",
     "x: &a [1]\ny: *a", "{" * 3000, "\x00"],
)  # fmt: skip
def test_what_is_no_file_of_rules_is_refused(text):
    with pytest.raises(YiwangError) as refused:
        parse_rules(text)

    assert refused.value.code.startswith(("quality.rules.", "declared.file."))


@pytest.mark.parametrize(
    ("line", "key", "better"),
    [("code: 1.0", "code", '"1.0"'), ("field: No", "field", '"No"'), ("fields: [2025]", "fields.0", '"2025"')],
)  # fmt: skip
def test_a_word_that_yaml_reads_otherwise_is_told_with_its_line(line, key, better):
    with pytest.raises(InvalidInput) as refused:
        parse_rules(f"rules:\n- kind: required\n  {line}", file="登记.yaml")

    error = refused.value
    assert error.code == "declared.value.quotes"
    assert (error.extra["file"], error.extra["line"]) == ("登记.yaml", 3)
    assert error.extra["where"] == f"rules.0.{key}"
    assert better in error.message % error.extra


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"x" * (services.LARGEST_RULES + 1), "quality.rules.large"),
        ("性别".encode("gbk"), "quality.rules.not_utf8"),
    ],
)
def test_bytes_that_are_no_text_of_rules_are_refused(data, code):
    with pytest.raises(InvalidInput) as refused:
        services.decode_rules(data)

    assert refused.value.code == code


def test_a_mark_of_byte_order_is_no_part_of_the_rules():
    assert services.decode_rules("rules: []".encode("utf-8-sig")) == "rules: []"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"code": "a b", "kind": "required", "field": "姓名"}, "code"),
        ({"code": "derived.x", "kind": "required", "field": "姓名"}, "code"),
        ({"code": "a", "kind": "nonsense", "field": "姓名"}, "kind"),
        ({"code": "a", "kind": "required", "field": "没有"}, "field"),
        ({"code": "a", "kind": "required"}, "field"),
        ({"code": "a", "kind": "required", "fields": ["姓名", "性别"]}, "field"),
        ({"code": "a", "kind": "required", "field": "姓名", "min": 1}, "min"),
        ({"code": "a", "kind": "range", "field": "年龄"}, "min"),
        ({"code": "a", "kind": "range", "field": "年龄", "min": "x"}, "min"),
        ({"code": "a", "kind": "range", "field": "年龄", "min": "NaN"}, "min"),
        ({"code": "a", "kind": "code", "field": "性别", "code_set": "none"}, "code_set"),
        ({"code": "a", "kind": "check", "field": "性别", "element": "none"}, "element"),
        ({"code": "a", "kind": "compare", "holds": "结束 >= 没有"}, "holds"),
        ({"code": "a", "kind": "compare", "holds": "结束 >="}, "holds"),
        ({"code": "a", "kind": "required", "field": "姓名", "when": "'"}, "when"),
        ({"code": "a", "kind": "fresh", "field": "开始", "days": 0}, "days"),
        (
            {"code": "a", "kind": "reference", "field": "编号", "resource": "x", "item": "y"},
            "resource",
        ),
        ({"code": "a", "kind": "required", "field": "姓名", "severity": "grave"}, "severity"),
    ],
)
def test_a_wrong_setting_is_named(engineer, resource, told, field):
    with pytest.raises(YiwangError) as refused:
        services.declare_written(engineer, resource, told)

    assert refused.value.extra["field"] == field
    assert refused.value.extra["rule"] == told["code"]


def test_of_a_file_all_rules_are_taken_or_none(engineer, resource):
    with pytest.raises(YiwangError):
        services.declare_all(engineer, resource, [EVERY[0], {"code": "x", "kind": "required"}])

    assert [r for r in services.list_rules(engineer, resource) if not r.derived] == []


def test_two_rules_of_one_name_are_refused(engineer, resource):
    with pytest.raises(InvalidInput) as refused:
        services.declare_all(engineer, resource, [EVERY[0], EVERY[0]])

    assert refused.value.code == "quality.rule.twice"


def test_a_steward_of_another_department_declares_nothing(person, resource):
    with pytest.raises(YiwangError) as refused:
        services.declare_all(person("steward", "D02"), resource, EVERY[:1])

    assert (
        isinstance(refused.value, NotPermitted) or refused.value.code == "catalog.resource.missing"
    )


def test_a_contract_names_elements_and_dimensions():
    info = ResourceInfo(
        "id", "3D01/000001", "登记", "D01", "", "cache", False, "t", (),
        items=(ItemInfo("编号", 1, "resident_id"),),
    )  # fmt: skip

    contract = write_contract(info, [])

    assert contract["schema"][0]["properties"][0]["customProperties"][0]["value"] == "resident_id"
    assert json.dumps(contract)
