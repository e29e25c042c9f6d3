"""Quality over HTTP: the same services, the same answers."""

import json

import pytest
import yaml

from yiwang.kernel.identity import services as identity
from yiwang.nets.share.quality import services

from .test_rule_files import EVERY, ROWS


@pytest.fixture
def resource(engineer, send):
    [delivery] = send(engineer, ROWS, name="登记.csv", key=("编号",))
    services.declare_all(engineer, delivery.resource, [EVERY[6] | {"severity": "error"}])
    return delivery.resource


@pytest.fixture
def call(client):
    def fetch(actor, path, body=None):
        _, secret = identity.issue_token(actor, name="test")
        headers = {"Authorization": f"Bearer {secret}"}
        if body is None:
            return client.get(f"/api/v1{path}", headers=headers)
        return client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers
        )

    return fetch


def test_a_check_and_its_results_over_http(call, engineer, resource):
    assert call(engineer, f"/quality/dqv?resource={resource}").status_code == 404
    run = services.check_resource(engineer, resource)

    [newest] = call(engineer, f"/quality/runs?resource={resource}").json()
    asked = call(engineer, f"/quality/runs/{run.id}").json()
    scores = call(engineer, "/quality/scores").json()

    assert newest["id"] == run.id
    [result] = [one for one in asked["results"] if one["rule"] == "r7"]
    assert (result["checked"], result["failed"]) == (2, 1)
    assert scores[0]["resources"][0]["run"] == run.id


def test_a_rule_is_declared_over_http(call, engineer, resource):
    rule = {"code": "w", "kind": "required", "field": "姓名"}

    made = call(engineer, "/quality/rules/declared", {"rule": rule, "resource": resource})
    wrong = call(
        engineer,
        "/quality/rules/declared",
        {"rule": rule | {"field": "无此列"}, "resource": resource},
    )
    contract = call(engineer, f"/quality/contract?resource={resource}")

    assert made.status_code == 200, made.content
    assert made.json()["fields"] == ["姓名"]
    assert (wrong.status_code, wrong.json()["code"]) == (422, "quality.rule.no_column")
    assert yaml.safe_load(contract.content)["apiVersion"] == "v3.1.0"


def test_results_go_out_in_the_words_of_others_without_a_value(call, engineer, resource):
    services.check_resource(engineer, resource)

    dqv = call(engineer, f"/quality/dqv?resource={resource}").json()
    event = call(engineer, f"/quality/openlineage?resource={resource}").json()

    measured = {
        one["dqv:isMeasurementOf"]["@id"].rpartition(":")[2]: one["dct:description"]
        for one in dqv["dqv:hasQualityMeasurement"]
    }
    assert measured["total"]
    asserted = {
        one["assertion"]: one
        for one in event["inputs"][0]["facets"]["dataQualityAssertions"]["assertions"]
    }
    assert (asserted["r7"]["success"], asserted["r7"]["actual"]) == (False, "1")
    assert "李四" not in json.dumps([dqv, event], ensure_ascii=False)


def test_another_department_gets_nothing_over_http(call, person, resource):
    steward = person("steward", "D02")

    for name in ("runs", "rules", "contract", "dqv", "openlineage"):
        answer = call(steward, f"/quality/{name}?resource={resource}")
        assert answer.status_code in (403, 404)
