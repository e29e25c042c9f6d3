"""What a test of an app may claim of its quality rules. 应用用例中的质量规则。"""

from __future__ import annotations

import pytest

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.nets.share.quality.models import AppRule

pytestmark = pytest.mark.django_db
RULES = """entity: permit
rules:
  - {code: days, title: {zh: 天数}, kind: range, field: days, min: 1, max: 30}
  - {code: known, title: {zh: 场所须已登记}, kind: reference, field: place, resource: place, item: code}
  - {code: once, title: {zh: 用途不得重复}, kind: unique, fields: [purpose]}
  - {code: fresh, title: {zh: 登记时间}, kind: fresh, field: begins, days: 30, when: status = 'granted'}
"""
TEST = """test: finds
people:
  li: {role: steward, of: office}
when:
  - {by: li, create: place, values: {code: H-1, name: 礼堂}}
  - {by: li, create: permit, values: {place: H-1, purpose: 会议, days: 3, status: granted, begins: 2020-01-01}}
  - {by: li, create: permit, values: {place: H-9, purpose: 会议, days: 31, status: refused, begins: 2020-01-01}}
then:
"""
BEGINS = "  begins: {label: {zh: 开始日期}, kind: date}\n"


@pytest.fixture
def engineer():
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")
    return identity.installer_actor()


@pytest.fixture
def try_claim(engineer):
    made = apps.new_app("rooms", title="场所管理", owner="B01")
    names = ("app.yaml", "entities/place.yaml", "permissions.yaml")
    files = {name: made[name] for name in names} | {"rules/all.yaml": RULES}
    files["entities/permit.yaml"] = made["entities/permit.yaml"] + BEGINS

    def run(claim):
        (outcome,) = apps.test_app(engineer, {**files, "tests/finds.yaml": f"{TEST}  - {claim}\n"})
        return outcome

    run.files = files
    return run


@pytest.mark.parametrize(("rule", "rows"), [("days", 1), ("known", 1), ("once", 2), ("fresh", 1)])
def test_a_claim_counts_the_records_that_break_a_rule(try_claim, rule, rows):
    held = try_claim(f"{{entity: permit, rule: {rule}, rows: {rows}}}")
    failed = try_claim(f"{{entity: permit, rule: {rule}, rows: 0}}")

    assert held.held, held.problem
    assert (failed.line, failed.problem) == (9, f"{rows} rows, not 0")
    assert not AppRule.objects.exists()


def test_a_claim_of_a_rule_that_there_is_not_fails_at_its_line(try_claim):
    outcome = try_claim("{entity: permit, rule: dayz, rows: 0}")

    assert outcome.line == 9
    assert "quality.rule.missing" in outcome.problem


def test_records_of_the_city_are_not_met(try_claim, engineer):
    apps.install_app(engineer, try_claim.files)
    desk = records.at_desk(engineer)
    for days in (50, 60):
        records.create_record(
            desk, "rooms.permit", {"purpose": f"{days}", "days": days, "status": "granted"}
        )

    assert try_claim("{entity: permit, rule: days, rows: 1}").held
