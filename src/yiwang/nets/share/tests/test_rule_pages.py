"""Rules are declared, switched, withdrawn and sent on by page."""

import io

import pytest

from yiwang.nets.share.quality import services

from .conftest import PASSWORD
from .test_rule_files import EVERY, ROWS


@pytest.fixture
def resource(engineer, send):
    [delivery] = send(engineer, ROWS, name="登记.csv", key=("编号",))
    return delivery.resource


@pytest.fixture
def browser(engineer, client):
    client.post("/sign-in/", {"name": "engineer-B01", "password": PASSWORD})
    return client


def declared(actor, resource):
    return {rule.code: rule for rule in services.list_rules(actor, resource) if not rule.derived}


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule["kind"])
def test_a_rule_of_every_kind_is_declared_by_its_form(browser, engineer, resource, rule):
    told = {
        name: value for name, value in rule.items() if name not in ("kind", "fields", "dimension")
    }
    told |= {"field": rule["fields"]} if "fields" in rule else {}
    address = f"/quality/of/{resource}/rules/new/{rule['kind']}/"

    empty = browser.get(address)
    answer = browser.post(address, {"severity": "error"} | told)

    assert empty.status_code == 200
    assert answer.status_code == 302, answer.context["form"].errors
    assert declared(engineer, resource)[rule["code"]].kind == rule["kind"]


def test_a_wrong_setting_stands_beside_its_field(browser, resource):
    told = {"code": "a", "field": "年龄", "min": "many", "severity": "error"}

    answer = browser.post(f"/quality/of/{resource}/rules/new/range/", told)

    assert answer.status_code == 422
    assert "min" in answer.context["form"].errors


def test_a_rule_is_edited_switched_and_withdrawn(browser, engineer, resource):
    services.declare_all(engineer, resource, EVERY[:1])
    base = f"/quality/of/{resource}/rules"

    assert browser.get(f"{base}/edit/r1/").context["form"].initial["field"] == "姓名"
    browser.post(f"{base}/edit/r1/", {"code": "r1", "field": "状态", "severity": "warning"})
    assert declared(engineer, resource)["r1"].fields == ("状态",)
    browser.post(f"{base}/switch/r1/", {"reason": "先停"})
    assert not declared(engineer, resource)["r1"].enabled
    browser.post(f"{base}/withdraw/r1/", {"reason": "不再需要"})
    assert declared(engineer, resource) == {}
    assert browser.get(f"{base}/history/r1/").content.count(b"<tr>") == 5


def test_a_derived_rule_is_switched_off_with_a_reason(browser, engineer, resource):
    code = next(rule.code for rule in services.list_rules(engineer, resource) if rule.derived)
    address = f"/quality/of/{resource}/rules/switch/{code}/"

    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "来源如此"}).status_code == 302
    assert browser.get(f"/quality/of/{resource}/rules/edit/{code}/").status_code == 422


def test_rules_go_out_and_come_in_as_a_file(browser, engineer, resource):
    services.declare_all(engineer, resource, EVERY)
    base = f"/quality/of/{resource}/rules"
    text = browser.get(f"{base}/export/yaml/").content
    contract = browser.get(f"{base}/export/odcs/").content
    services.withdraw_rule(engineer, resource, "r1", reason="重来")

    for body in (text, contract, b"rules: 5", b"\xff"):
        file = io.BytesIO(body)
        file.name = "rules.yaml"
        answer = browser.post(f"{base}/import/", {"upload": file, "reason": "恢复"})
        assert answer.status_code == (302 if body in (text, contract) else 422)

    assert set(declared(engineer, resource)) == {rule["code"] for rule in EVERY}


def test_the_list_shows_what_each_rule_came_to(browser, engineer, resource):
    services.declare_all(engineer, resource, EVERY[6:7])
    services.check_resource(engineer, resource)

    lines = browser.get(f"/quality/of/{resource}/rules/").context["lines"]

    assert lines[0].rule.code == "r7"
    assert (lines[0].result.checked, lines[0].result.failed) == (2, 1)


@pytest.mark.parametrize(
    "place", ["", "new/", "new/range/", "import/", "history/r1/", "export/yaml/"]
)
def test_another_department_sees_no_rules(person, client, resource, place):
    person("steward", "D02")
    client.post("/sign-in/", {"name": "steward-D02", "password": PASSWORD})

    assert client.get(f"/quality/of/{resource}/rules/{place}").status_code in (403, 404)
