"""The unmodified client of Delta Sharing reads what a grant gives, and no more."""

from __future__ import annotations

import json

import pytest

from tests.conformance.environments import run_client
from yiwang.nets.share.delta import services
from yiwang.nets.share.delta.tests.test_protocol import land
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.tests.town import NUMBERS, ROWS, make_town

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    return make_town()


def read(tmp_path, live_server, town, grant, way="oauth", **wanted):
    profile = tmp_path / "yiwang.share"
    endpoint = f"{live_server.url}/api/v1/delta-sharing"
    profile.write_text(
        services.make_profile(town.people["reader"], grant.id, endpoint=endpoint, way=way)
    )
    out = run_client("delta_sharing", "read.py", profile, json.dumps(wanted))
    return json.loads(out.splitlines()[-1])


@pytest.mark.parametrize("way", ["oauth", "bearer"])
def test_both_formats_give_the_granted_rows(tmp_path, live_server, town, way):
    grant = town.grant(columns=("姓名", "身份证号", "街道"), masks={"身份证号": "token"})

    found = read(tmp_path, live_server, town, grant, way, load=["parquet", "delta"])

    assert found["shares"] == [grant.request.number]
    assert found["tables"] == [[grant.request.number, "default", "困难人员台账"]]
    assert found["parquet"] == found["delta"]
    assert found["delta"]["columns"] == ["姓名", "身份证号", "街道"]
    assert [row[2] for row in found["delta"]["rows"]] == ["东湖", "东湖", "西湖"]
    assert not any(number in json.dumps(found) for number in NUMBERS)
    assert found["version"] == 0


def test_the_change_feed_in_both_formats(tmp_path, live_server, town):
    grant = town.grant()
    services.ensure_copy(town.people["reader"], grant.id)
    land(town, [ROWS[0], ("新来的", NUMBERS[2], "南湖", "在业")])
    wanted = {"starting_version": 0}

    told = []
    for form in ("parquet", "delta"):
        asked = wanted | {"use_delta_format": form == "delta"}
        found = read(tmp_path, live_server, town, grant, load=["changes"], changes=asked)["changes"]
        at = [found["columns"].index(name) for name in ("_change_type", "_commit_version", "街道")]
        told.append(sorted(tuple(row[one] for one in at) for row in found["rows"]))

    assert told[0] == told[1]
    assert told[0] == [
        ("delete", 1, "东湖"), ("delete", 1, "西湖"), ("insert", 0, "东湖"), ("insert", 0, "东湖"),
        ("insert", 0, "西湖"), ("insert", 1, "南湖"),
    ]  # fmt: skip


def test_an_empty_table_has_its_columns(tmp_path, live_server, town):
    grant = town.grant(row_filter="街道 = '无此街道'")

    found = read(tmp_path, live_server, town, grant, load=["parquet", "delta"])

    assert found["parquet"] == found["delta"] == {"columns": ["姓名", "街道"], "rows": []}


def test_a_revoked_grant_gives_the_client_its_reason(tmp_path, live_server, town):
    grant = town.grant()
    profile = tmp_path / "yiwang.share"
    endpoint = f"{live_server.url}/api/v1/delta-sharing"
    profile.write_text(services.make_profile(town.people["reader"], grant.id, endpoint=endpoint))
    name = f"{grant.request.number}.default.困难人员台账"
    exchange.revoke_grant(town.people["owner"], grant.id, reason="用途已变")

    out = run_client("delta_sharing", "refused.py", profile, name)

    assert "403" in out
    assert "用途已变" in out
