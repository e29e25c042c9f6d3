"""Programs ask, fetch and are refused as people are."""

from __future__ import annotations

from datetime import timedelta

import pyarrow.ipc
import pytest
from django.test import Client

from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.nets.share.exchange.models import DeliveryOut, Request, Terms

from .town import NUMBERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(town):
    def call(name, method, path, body=None):
        token = identity.issue_token(town.people[name], name="test")[1]
        client = Client(headers={"authorization": f"Bearer {token}"})
        send = getattr(client, method)
        address = f"/api/v1/exchange{path}"
        return send(address, body, content_type="application/json") if body else send(address)

    return call


def test_a_program_asks_and_fetches(town, call):
    body = {
        "resource": town.resource.code, "purpose_kind": "contact", "purpose": "走访困难家庭",
        "duty": "《社会救助暂行办法》第十条", "columns": ["姓名", "街道"],
        "until": str(today() + timedelta(days=30)),
    }  # fmt: skip
    made = call("asker", "post", "/requests", body)
    assert made.status_code == 201, made.content
    request = Request.objects.get(pk=made.json()["id"])
    town.decide("owner", request, "agree")
    town.decide("bureau", request, "grant")

    [grant] = call("reader", "get", "/grants").json()["items"]
    rows = call("reader", "get", f"/grants/{grant['id']}/rows?columns=街道&limit=2").json()

    assert (grant["number"], grant["terms"]) == (request.number, 1)
    assert (rows["columns"], rows["rows"], rows["more"]) == (["街道"], [["东湖"], ["东湖"]], True)
    more = call("reader", "get", f"/grants/{grant['id']}/rows?after={rows['next_after']}")
    assert more.json()["masked"] == ["姓名"]
    assert not any(number in more.content.decode() for number in NUMBERS)
    assert call("asker", "get", "/requests").json()["items"][0]["state"] == "granted"


def test_refusals_have_their_code_and_say_when_to_try_again(town, call):
    grant = town.grant()
    rows = f"/grants/{grant.id}/rows"
    Terms.objects.update(rate=1)
    assert call("reader", "get", rows).status_code == 200
    late = call("reader", "get", rows)
    assert late.status_code == 429
    assert 0 < int(late.headers["Retry-After"]) <= 61

    assert call("stranger", "get", rows).status_code == 404
    assert (
        call("asker", "post", f"/grants/{grant.id}/revoke", {"reason": "试试看看"}).status_code
        == 403
    )
    ended = call("owner", "post", f"/grants/{grant.id}/revoke", {"reason": "用途已变"})
    assert ended.json()["revoke_reason"] == "用途已变"
    refused = call("reader", "get", rows)
    assert (refused.status_code, refused.json()["code"]) == (403, "exchange.grant.revoked")


def read_arrow(answer):
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"] == "application/vnd.apache.arrow.stream"
    data = b"".join(answer.streaming_content)
    return pyarrow.ipc.open_stream(data).read_all(), data


def test_all_rows_come_as_an_arrow_stream(town, call):
    grant = town.grant(columns=("姓名", "身份证号", "街道"), masks={"身份证号": "token"})

    table, data = read_arrow(call("reader", "get", f"/grants/{grant.id}/arrow"))
    some, _ = read_arrow(
        call("reader", "get", f"/grants/{grant.id}/arrow?columns=街道&filter=街道 = '西湖'")
    )

    assert table["街道"].to_pylist() == ["东湖", "东湖", "西湖"]
    assert not any(number.encode() in data for number in NUMBERS)
    assert table.schema.metadata[b"mark"].decode() == f"{grant.request.number} D02"
    assert some.to_pydict() == {"街道": ["西湖"]}
    counted = DeliveryOut.objects.filter(grant=grant, method="arrow")
    assert [one.rows for one in counted.order_by("created_at")] == [3, 1]


def test_an_arrow_stream_is_refused_as_pages_are(town, call):
    grant = town.grant(volume=2)
    stream = f"/grants/{grant.id}/arrow"

    assert call("reader", "get", stream).json()["code"] == "exchange.grant.quota"
    for query, status in (
        ("filter=姓名 = '赵钱孙'", 403), ("columns=状态", 403), ("filter=街道 =", 422),
    ):  # fmt: skip
        assert call("reader", "get", f"{stream}?{query}").status_code == status
    assert call("stranger", "get", stream).status_code == 404
    assert not DeliveryOut.objects.exists()
