"""Every address with the ids of another department in it, asked by whoever is not concerned."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from django.test import Client
from tests.architecture.test_routes import list_pages

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import NotPermitted
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.models import Post
from yiwang.kernel.jobs import services as jobs
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.compare import services as compare
from yiwang.nets.share.connect import services as connect

PLACE = re.compile(r"<(?:\w+:)?(\w+)>|\{(?:\w+:)?(\w+)\}")
SECRET = "秘密街道名"
REGISTER = f"编号,街道\n1,{SECRET}\n2,西湖\n"
FACTS = {
    "abstract": "街道",
    "sharing_type": "unconditional",
    "open_type": "closed",
    "update_cycle": "monthly",
}
PREFIXES = ("catalog/", "deliveries/", "compare/", "jobs/", "api/v1/")


@pytest.fixture
def ids(steward, send, django_capture_on_commit_callbacks):
    """Things of the first department, by the names that addresses have for them."""
    [one] = send(steward, REGISTER, name="街道.csv")
    [two] = send(steward, REGISTER.replace("西湖", "东湖"), name="街道二.csv")
    batch = connect.open_batch(steward, owner="D01")
    queued = connect.receive_file(
        steward, io.BytesIO(b"a\n1\n"), file_name="x.csv", owner="D01", batch=batch
    )
    done = compare.run_comparison(
        steward, left=one.resource, right=two.resource, keys=["编号 = 编号"], values=["街道 = 街道"]
    )
    return {
        "resource": one.resource, "resource_id": one.resource, "delivery": one.id,
        "delivery_id": one.id, "batch_id": batch.id, "comparison": done.id,
        "comparison_id": done.id, "job_id": queued.job, "row": "1",
    }  # fmt: skip


def addresses(ids) -> list[tuple[str, str]]:
    api = import_module(settings.ROOT_URLCONF).api
    operations = [
        (method.upper(), path)
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    ]
    pages = [(method, address) for address, _ in list_pages() for method in ("GET", "POST")]
    found = []
    for method, route in [*operations, *pages]:
        names = [a or b for a, b in PLACE.findall(route)]
        if names and all(name in ids for name in names) and route.lstrip("/").startswith(PREFIXES):
            place = PLACE.sub(lambda match: ids[match[1] or match[2]], route)
            found.append((method, "/" + place.lstrip("/")))
    assert len(found) > 40
    return found


def ask(client, method, address, **extra):
    body = {"reason": "因故", "purpose": "核对数据", "code": "confirmed", "rows": [1]}
    if address.startswith("/api/"):
        return client.generic(
            method, address, json.dumps(body), content_type="application/json", **extra
        )
    return client.generic(method, address, **extra)


def text_of(response) -> str:
    streaming = getattr(response, "streaming", False)
    body = b"".join(response.streaming_content) if streaming else response.content
    return body.decode("utf-8", "replace")


def state(ids):
    """What must be the same after everybody tried."""
    return (
        list(connect.Delivery.objects.order_by("id").values_list("id", "state")),
        list(catalog.Resource.objects.order_by("id").values_list("id", "name", "publish_date")),
        list(catalog.Item.objects.order_by("id").values_list("id", "element", "declined")),
        jobs.get_job(identity.get_actor(connect.Delivery.objects.get(job=ids["job_id"]).sender),
                     ids["job_id"]).state,
    )  # fmt: skip


STRANGERS = [
    ("steward", "D02"), ("viewer", "D02"), ("sysadmin", "D01"), ("secadmin", "D01"),
    ("auditor", "D01"),
]  # fmt: skip


@pytest.mark.parametrize(("role", "organization"), STRANGERS)
def test_things_of_another_department_are_not_there(client_of, person, ids, role, organization):
    client, before = client_of(person(role, organization)), state(ids)
    client.raise_request_exception = False

    for method, address in addresses(ids):
        if role == "sysadmin" and "/jobs/" in address:
            continue  # who runs the machine stops and repeats work, without what it is about
        response = ask(client, method, address)
        assert response.status_code in (302, 403, 404, 405, 422, 401), (address, response)
        assert SECRET not in text_of(response), address
        if response.status_code == 302:
            assert ids["resource"] not in response.headers["Location"] or method == "POST", address

    assert state(ids) == before


@pytest.mark.parametrize(("role", "organization"), STRANGERS[:2])
def test_publishing_shows_the_entry_and_none_of_its_rows(
    client_of, person, engineer, ids, role, organization
):
    catalog.update_resource(engineer, ids["resource"], **FACTS)
    catalog.publish_resource(engineer, ids["resource"])
    client, before = client_of(person(role, organization)), state(ids)
    client.raise_request_exception = False

    assert client.get(f"/catalog/{ids['resource']}/").status_code == 200
    for method, address in addresses(ids):
        assert SECRET not in text_of(ask(client, method, address)), address

    assert state(ids) == before


def test_own_and_foreign_published_registers_are_not_compared(person, send, engineer, ids):
    catalog.update_resource(engineer, ids["resource"], **FACTS)
    catalog.publish_resource(engineer, ids["resource"])
    stranger = person("steward", "D02")
    [own] = send(stranger, REGISTER, name="猜.csv", owner="D02")
    for call in (compare.run_comparison, compare.start_comparison):
        with pytest.raises(NotPermitted):
            call(stranger, left=own.resource, right=ids["resource"], keys=["编号 = 编号"])
    with pytest.raises(NotPermitted):
        compare.try_keys(stranger, own.resource, ids["resource"], ["编号 = 编号"])


def test_a_director_sees_counts_and_no_rows(client_of, person, ids):
    client = client_of(person("director", "B01"))
    client.raise_request_exception = False

    for method, address in addresses(ids):
        if method == "GET":
            assert SECRET not in text_of(ask(client, method, address)), address


def test_the_system_administrator_sees_of_a_job_neither_what_it_is_about_nor_what_came(
    client_of, person, ids
):
    answer = client_of(person("sysadmin", "D01")).get(f"/api/v1/jobs/{ids['job_id']}").json()

    assert (answer["on"], answer["result"]) == (None, None)
    assert "x.csv" not in str(answer)


def test_who_left_the_department_sees_its_things_no_longer(steward, client_of, ids):
    _, secret = identity.issue_token(steward, name="t")
    Post.objects.filter(account_id=steward.id).update(
        valid_from=today() - timedelta(days=9), valid_until=today()
    )
    client = client_of(identity.get_actor(steward.id))
    client.raise_request_exception = False
    bearer = {"headers": {"Authorization": f"Bearer {secret}"}}

    for method, address in addresses(ids):
        if method == "GET":
            assert SECRET not in text_of(ask(client, method, address)), address
            assert SECRET not in text_of(ask(Client(), method, address, **bearer)), address


def test_a_revoked_token_opens_nothing(steward, ids):
    info, secret = identity.issue_token(steward, name="t")
    identity.revoke_token(steward, info.id)

    for method, address in addresses(ids):
        if address.startswith("/api/"):
            response = ask(Client(), method, address, headers={"Authorization": f"Bearer {secret}"})
            assert response.status_code == 401, address
