"""What programs get over the interface, and what they do not."""

from __future__ import annotations

import base64
import io
import json
import os
import time
from contextlib import contextmanager

import pyarrow.parquet
import pytest
from django.core import signing
from django.test import Client

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.delta import services
from yiwang.nets.share.delta.models import Copy
from yiwang.nets.share.delta.services.copying import path_of
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.tests.town import COLUMNS, ROWS

pytestmark = pytest.mark.django_db
BASE = "/api/v1/delta-sharing"


def client_of(town, name):
    token, secret = identity.issue_token(SYSTEM, name="x", account_id=town.people[name].id)
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    client.token = (token.id, secret)
    return client


def table_of(grant):
    return f"{BASE}/shares/{grant.request.number}/schemas/default/tables/困难人员台账"


def lines_of(response, status=200):
    assert response.status_code == status, response.content.decode()
    return [json.loads(line) for line in response.content.decode().splitlines()]


def query(client, grant, body=None, form="parquet", status=200):
    return lines_of(
        client.post(
            f"{table_of(grant)}/query", body or {}, content_type="application/json",
            headers={"Delta-Sharing-Capabilities": f"responseformat={form}"},
        ),
        status,
    )  # fmt: skip


def fetch(url, status=200, **headers):
    """As programs fetch a file: nothing but its address."""
    found = Client().get(url.removeprefix("http://testserver"), headers=headers)
    assert found.status_code == status, found.status_code
    return b"".join(found.streaming_content) if found.streaming else found.content


def test_a_grant_is_a_share_with_one_table(town):
    grant = town.grant()
    client = client_of(town, "reader")

    shares = client.get(f"{BASE}/shares").json()["items"]
    assert [one["name"] for one in shares] == [grant.request.number]
    tables = client.get(f"{BASE}/shares/{grant.request.number}/all-tables").json()["items"]

    assert tables[0]["name"] == "困难人员台账"
    for name in ("stranger", "owner", "bureau"):
        other = client_of(town, name)
        assert other.get(f"{BASE}/shares").json().get("items") == []
        assert other.get(f"{BASE}/shares/{grant.request.number}").status_code == 404


def test_the_file_holds_the_granted_rows_masked(town):
    grant = town.grant(row_filter="街道 = '东湖'", masks={"姓名": "token"})
    client = client_of(town, "reader")

    lines = query(client, grant)

    assert [list(one) for one in lines[:2]] == [["protocol"], ["metaData"]]
    names = [one["name"] for one in json.loads(lines[1]["metaData"]["schemaString"])["fields"]]
    assert names == ["姓名", "街道"]
    data = fetch(lines[2]["file"]["url"])
    table = pyarrow.parquet.read_table(io.BytesIO(data))
    assert table["街道"].to_pylist() == ["东湖", "东湖"]
    assert not any(name.encode() in data for name in ("赵钱孙", "周吴郑", "冯陈褚"))


def test_client_credentials_give_a_token_for_an_hour(town):
    grant = town.grant()
    token_id, secret = client_of(town, "reader").token
    basic = base64.b64encode(f"{token_id}:{secret}".encode()).decode()

    answer = Client().post(
        f"{BASE}/oauth/token", {"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )  # fmt: skip

    assert answer.status_code == 200, answer.content
    found = answer.json()["access_token"]
    client = Client(headers={"Authorization": f"Bearer {found}"})
    assert client.get(f"{BASE}/shares").json()["items"][0]["name"] == grant.request.number
    identity.revoke_token(town.people["reader"], token_id)
    assert client.get(f"{BASE}/shares").status_code == 401
    assert (
        Client(headers={"Authorization": f"Bearer {found[:-4]}AAAA"})
        .get(f"{BASE}/shares")
        .status_code
        == 401
    )


def land(town, rows):
    """The register comes anew, as a new version."""
    with acting(SYSTEM, "test.land", on=Ref("test", "1")) as act:
        staged = pool.stage_rows(list(COLUMNS), [rows], profile=False)
        pool.commit(act, town.resource.table, staged)


def changes(client, grant, status=200, form="parquet", **said):
    return lines_of(
        client.get(
            f"{table_of(grant)}/changes", said,
            headers={"Delta-Sharing-Capabilities": f"responseformat={form}"},
        ),
        status,
    )  # fmt: skip


def test_versions_and_what_changed_between_them(town):
    grant = town.grant()
    client = client_of(town, "reader")
    query(client, grant)
    land(town, [ROWS[0], ("新来的", "990104199007070045", "南湖", "在业")])

    now_lines = query(client, grant)
    assert now_lines[1]["metaData"]["version"] == 1
    assert query(client, grant, {"version": 0})[1]["metaData"]["version"] == 0
    assert query(client, grant, {"version": 7}, status=422)[0]["code"] == "delta.version.gone"
    first, later = changes(client, grant, startingVersion=0)[2:]
    assert list(first) == ["add"]
    table = pyarrow.parquet.read_table(io.BytesIO(fetch(later["cdf"]["url"])))
    told = sorted(zip(table["_change_type"].to_pylist(), table["街道"].to_pylist(), strict=True))
    assert told == [("delete", "东湖"), ("delete", "西湖"), ("insert", "南湖")]
    assert len(changes(client, grant, startingVersion=1)) == 3
    for wrong in ({}, {"startingVersion": 5}, {"startingVersion": 1, "endingVersion": 0}):
        changes(client, grant, status=422, **wrong)


def test_the_same_rows_are_copied_once(town):
    grant = town.grant()
    client = client_of(town, "reader")

    for _ in range(3):
        query(client, grant)

    assert Copy.objects.count() == 1
    assert exchange.list_handed_out(grant).count() == 3


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [("bytes=0-9", 206, slice(0, 10)), ("bytes=5-", 206, slice(5, None)),
     ("bytes=-8", 206, slice(-8, None)), ("bytes=0-1,4-5", 200, slice(None)),
     ("bytes=9-3", 200, slice(None)), ("lines=1-2", 200, slice(None))],
)  # fmt: skip
def test_a_part_of_a_file_is_that_part(town, asked, status, told):
    url = query(client_of(town, "reader"), town.grant())[2]["file"]["url"]

    whole = fetch(url)

    assert fetch(url, status, Range=asked) == whole[told]


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_part_beyond_the_end_is_refused_with_the_size(town, asked):
    url = query(client_of(town, "reader"), town.grant())[2]["file"]["url"]
    size = len(fetch(url))

    found = Client().get(url.removeprefix("http://testserver"), headers={"Range": asked})

    assert found.status_code == 416
    assert found.headers["Content-Range"] == f"bytes */{size}"


def test_the_head_of_a_file_tells_its_size_and_no_byte(town):
    url = query(client_of(town, "reader"), town.grant())[2]["file"]["url"]

    found = Client().head(url.removeprefix("http://testserver"))

    assert found.status_code == 200
    assert int(found.headers["Content-Length"]) == len(fetch(url))
    assert found.content == b""


def spoil_revoked(town, grant, client):
    exchange.revoke_grant(town.people["owner"], grant.id, reason="用途已变")


def spoil_narrowed(town, grant, client):
    terms = exchange.get_terms(grant)
    left = exchange.Narrower(("街道",), terms.until, terms.quota)
    exchange.narrow_grant(town.people["owner"], grant.id, left, reason="只需街道")


def spoil_denied(town, grant, client):
    exchange.deny(town.people["owner"], "D02", resource_id=town.resource.id, reason="转给第三方")


def spoil_token(town, grant, client):
    identity.revoke_token(town.people["reader"], client.token[0])


def spoil_account(town, grant, client):
    identity.lock_account(SYSTEM, town.people["reader"].id, reason="离职")


@pytest.mark.parametrize(
    "spoil", [spoil_revoked, spoil_narrowed, spoil_denied, spoil_token, spoil_account]
)
def test_an_address_given_out_ends_with_what_it_stood_on(town, spoil):
    grant, client = town.grant(), client_of(town, "reader")
    url = query(client, grant)[2]["file"]["url"]
    assert fetch(url)

    spoil(town, grant, client)

    found = Client().get(url.removeprefix("http://testserver"))
    assert found.status_code in (401, 403), found.status_code
    assert not found.streaming


def test_an_address_holds_for_ten_minutes_and_as_it_is(town):
    grant = town.grant()
    url = query(client_of(town, "reader"), grant)[2]["file"]["url"]
    land(town, ROWS[:1])
    other = query(client_of(town, "reader"), grant)[2]["file"]["url"]
    signature = url.partition("Signature=")[2]

    fetch(other.partition("Signature=")[0] + "Signature=" + signature, 403)
    fetch(url[:-6] + "AAAAAA", 403)
    fetch(url.replace("rows.parquet", "changes.parquet"), 403)
    fetch(url.partition("?")[0], 422)
    with freeze(601):
        fetch(url, 403)
    with freeze(590):
        fetch(url)


@contextmanager
def freeze(seconds):
    """The clock of signatures moved on."""
    plain = time.time
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing.time, "time", lambda: plain() + seconds)
        yield


def test_narrowed_terms_take_the_wider_copies_away(town):
    grant, client = town.grant(), client_of(town, "reader")
    query(client, grant)
    before = path_of(Copy.objects.get(), "rows")

    spoil_narrowed(town, grant, client)
    lines = query(client, grant)

    names = [one["name"] for one in json.loads(lines[1]["metaData"]["schemaString"])["fields"]]
    assert names == ["街道"]
    assert not before.exists()
    assert query(client, grant, {"version": 0}, status=422)[0]["code"] == "delta.version.gone"


def test_files_of_a_revoked_grant_go_and_strangers_are_swept(town, settings):
    grant, client = town.grant(), client_of(town, "reader")
    query(client, grant)
    file = path_of(Copy.objects.get(), "rows")
    orphan = file.with_name("part-x.rows.parquet")
    orphan.write_bytes(b"x")
    os.utime(orphan, (1, 1))

    services.remove_ended()
    assert file.exists()
    assert not orphan.exists()
    spoil_revoked(town, grant, client)
    run_due()

    assert not file.exists()
    assert query(client, grant, status=403)[0]["code"] == "exchange.grant.revoked"


def test_quota_and_rate_hold_for_tables_too(town):
    grant, client = town.grant(volume=5), client_of(town, "reader")

    query(client, grant)
    refused = client.post(f"{table_of(grant)}/query", {}, content_type="application/json")

    assert refused.status_code == 429
    assert refused.json()["code"] == "exchange.grant.quota"


@pytest.mark.parametrize(
    "body",
    [{"predicateHints": ["1=1; DROP TABLE x", "街道 = '西湖' OR TRUE"]}, {"limitHint": 1},
     {"jsonPredicateHints": '{"op":"or","children":[]}'}, {"jsonPredicateHints": "{" * 9000}],
)  # fmt: skip
def test_hints_never_widen_what_leaves(town, body):
    grant = town.grant(row_filter="街道 = '东湖'")

    url = query(client_of(town, "reader"), grant, body)[2]["file"]["url"]

    table = pyarrow.parquet.read_table(io.BytesIO(fetch(url)))
    assert set(table["街道"].to_pylist()) == {"东湖"}


def test_a_request_that_is_too_large_is_refused(town):
    body = {"predicateHints": ["x"] * 201}

    query(client_of(town, "reader"), town.grant(), body, status=422)


def test_a_profile_is_downloaded_from_the_page_of_the_grant(town):
    grant = town.grant()
    reader = town.client("reader")
    shown = reader.get(f"/exchange/grants/{grant.id}/").content.decode()
    address = f"/delta-sharing/profile/{grant.id}/"
    assert address in shown
    assert f"{grant.request.number}.default." in shown

    for way, version in (("", 2), ("bearer", 1)):
        found = json.loads(reader.post(address, {"way": way}).content)
        assert found["shareCredentialsVersion"] == version
    assert town.client("owner").post(address).status_code == 404
    assert address not in town.client("owner").get(f"/exchange/grants/{grant.id}/").content.decode()
