"""Unmodified clients of CKAN and OData page all rows of a grant, and raise their own errors."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.conformance.environments import python_of, run_client
from yiwang.kernel.identity import services as identity
from yiwang.nets.share.catalog.services.indexing import index_resource
from yiwang.nets.share.exchange.tests.town import NUMBERS, make_town

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True)]
STREETS = ["东湖", "东湖", "西湖"]


@pytest.fixture
def town(transactional_db):
    made = make_town()
    index_resource(made.resource)
    return made


@pytest.fixture
def grant(town):
    return town.grant(columns=("姓名", "街道", "状态"))


@pytest.fixture
def token(town):
    return identity.issue_token(town.people["reader"], name="client")[1]


def test_ckanapi_reads_the_catalogue_and_every_row(live_server, grant, token, town):
    wanted = {
        "limit": 2,
        "refused": [
            ["datastore_search", {"resource_id": "GX-2020-000009"}],
            ["package_show", {"id": "none"}],
            ["datastore_search", {"resource_id": grant.id, "filters": '{"姓名": "赵钱孙"}'}],
            ["datastore_search", {"resource_id": grant.id, "q": "东"}],
            ["package_delete", {"id": "none"}],
        ],
    }

    out = run_client("ckanapi", "read.py", f"{live_server.url}/ckan", token, json.dumps(wanted))

    found = json.loads(out)
    assert found["get"] == found["post"]
    told = found["post"]
    assert [row["街道"] for row in told["rows"]] == STREETS
    assert (told["total"], told["fields"]) == (3, ["_id", "姓名", "街道", "状态"])
    assert (told["package"]["title"], told["organizations"]) == ("困难人员台账", ["D01"])
    assert told["raised"] == [
        "NotFound", "NotFound", "NotAuthorized", "ValidationError", "CKANAPIError",
    ]  # fmt: skip
    assert not any(number in out for number in NUMBERS)


def test_the_command_line_of_ckanapi(live_server, grant, token, tmp_path):
    folder = python_of("ckanapi").parent
    # It starts itself anew for each worker, by its name.
    environment = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}

    def run(*words):
        command = [folder / "ckanapi", *words, "-r", f"{live_server.url}/ckan", "-a", token]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=120, check=False, env=environment
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    rows = json.loads(run("action", "datastore_search", f"resource_id={grant.request.number}"))
    assert [row["街道"] for row in rows["records"]] == STREETS

    target = tmp_path / "all.jsonl"
    run("dump", "datasets", "--all", "--datastore-fields", "-O", str(target), "-q")
    (package,) = [json.loads(line) for line in target.read_text("utf-8").splitlines()]
    assert package["title"] == "困难人员台账"
    assert [one["id"] for one in package["resources"][0]["datastore_fields"]] == [
        "_id", "姓名", "街道", "状态",
    ]  # fmt: skip

    assert json.loads(run("search", "datasets", "q=困难").splitlines()[0])["id"] == package["id"]


def test_python_odata_follows_every_page(live_server, grant, token):
    address = f"{live_server.url}/odata/{grant.request.number}/"

    out = run_client("python_odata", "read.py", address, token, "jie_dao")

    found = json.loads(out)
    assert found["properties"] == ["_row", "jie_dao", "person_name", "zhuang_tai"]
    assert found["rows"] == [[at, street] for at, street in enumerate(STREETS, 1)]
    assert found["filtered"] == ["西湖"]
    assert found["contains"] == ["东湖", "东湖"]
    assert found["either"] == 3
    assert found["selected"] == [{"jie_dao": "东湖"}]
    assert found["first"] == "东湖"
    assert found["refused"] == ["HTTP 403", "exchange.grant.masked_filter"]
    assert not any(number in out for number in NUMBERS)
