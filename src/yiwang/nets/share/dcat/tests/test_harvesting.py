"""What harvesters are told, and what they are not."""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.tests.counting import assert_constant_queries
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.exchange.tests.town import register

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/dcat/catalog"
RIGHT = "http://publications.europa.eu/resource/authority/access-right/"


def publish(town, name="路灯清单", **fields):
    """An entry that is open to the public, unless told otherwise."""
    made = catalog.create_resource(town.people["bureau"], owner="D01", name=name)
    said = {
        "publish_date": today(), "open_type": "open", "sharing_type": "unconditional",
        "abstract": "全市路灯", "update_cycle": "monthly",
    }  # fmt: skip
    Resource.objects.filter(id=made.id).update(**said | fields)
    return Resource.objects.get(id=made.id)


def client_of(town, name):
    _token, secret = identity.issue_token(SYSTEM, name="x", account_id=town.people[name].id)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def read(client, address=PLACE, **said):
    response = client.get(address, said)
    assert response.status_code == 200, response.content.decode()
    return {one["@id"]: one for one in response.json()["@graph"]}


def datasets(graph):
    return [one for one in graph.values() if "dcat:Dataset" in one["@type"]]


def names(graph):
    return {one["dct:title"][0]["@value"] for one in datasets(graph)}


def test_a_resource_is_described_with_all_that_the_profile_asks(town):
    lamps = publish(town)

    graph = read(Client())
    found = graph[f"urn:yiwang:{lamps.id}"]

    assert found["dct:identifier"] == [{"@value": lamps.code}]
    assert found["dct:issued"] == [{"@value": today().isoformat(), "@type": "xsd:date"}]
    assert found["dct:accrualPeriodicity"][0]["@id"].endswith("/frequency/MONTHLY")
    assert found["dct:accessRights"] == [{"@id": RIGHT + "PUBLIC"}]
    publisher = graph[found["dct:publisher"][0]["@id"]]
    assert publisher["foaf:name"] == [{"@value": "民政局", "@language": "zh"}]
    door = graph[found["dcat:distribution"][0]["@id"]]
    assert door["dcat:accessURL"] == [{"@id": f"http://testserver/catalog/{lamps.id}/"}]
    [kept] = [one for one in graph.values() if "dcat:Catalog" in one["@type"]]
    assert graph[kept["dct:publisher"][0]["@id"]]["foaf:name"][0]["@value"] == "数据局"


def test_every_name_that_a_page_uses_is_described_on_it(town):
    publish(town)
    graph = read(client_of(town, "reader"))
    pointed = {
        value["@id"]
        for thing in graph.values()
        for name, values in thing.items()
        if not name.startswith(("@", "hydra:", "dcat:endpoint", "vcard:"))
        for value in values
        if "@id" in value
    }

    assert pointed - set(graph) == {
        value["@id"]
        for one in graph.values()
        for value in one.get("dcat:accessURL", ())
        if "/ask/" in value["@id"]
    }


def test_the_public_is_told_only_of_what_is_open(town):
    publish(town)
    publish(town, "有条件开放", open_type="conditional")
    publish(town, "不开放", open_type="closed")
    publish(town, "未定", open_type="")
    publish(town, "草稿", publish_date=None)
    publish(town, "不共享", sharing_type="none")
    publish(town, "重要数据", grade=5)
    publish(town, "已退役", stage="retired")

    assert names(read(Client())) == {"路灯清单"}


def test_departments_are_told_of_what_is_published(town):
    publish(town)
    publish(town, "不开放", open_type="closed")
    publish(town, "草稿", publish_date=None)

    for name in ("reader", "stranger", "owner", "bureau"):
        assert names(read(client_of(town, name))) == {"路灯清单", "不开放", "困难人员台账"}


def test_who_may_not_browse_the_catalogue_is_told_what_the_public_is(town):
    publish(town)
    info, _ = identity.create_account(
        SYSTEM,
        name="guest",
        organization_code="D02",
        password="Rain-on-the-roof-7",
        must_change_password=False,
    )
    _token, secret = identity.issue_token(SYSTEM, name="x", account_id=info.id)

    assert names(read(Client(headers={"Authorization": f"Bearer {secret}"}))) == {"路灯清单"}


def test_a_token_that_is_no_token_is_refused_rather_than_taken_for_the_public(town):
    publish(town)

    assert Client(headers={"Authorization": "Bearer nonsense"}).get(PLACE).status_code == 401


def test_personal_data_in_an_abstract_is_masked(town):
    lamps = publish(town, abstract="联系人电话13912345678，身份证11010519491231002X")

    found = read(client_of(town, "bureau"))[f"urn:yiwang:{lamps.id}"]
    text = found["dct:description"][0]["@value"]

    assert "13912345678" not in text
    assert "11010519491231002X" not in text


@pytest.mark.parametrize(
    ("sharing", "opened", "right"),
    [
        ("unconditional", "open", "PUBLIC"),
        ("conditional", "closed", "RESTRICTED"),
        ("unconditional", "closed", "RESTRICTED"),
        ("unconditional", "conditional", "RESTRICTED"),
        ("none", "open", "NON_PUBLIC"),
        ("none", "closed", "NON_PUBLIC"),
        ("", "", "NON_PUBLIC"),
    ],
)
def test_access_rights_say_no_more_than_the_entry(town, sharing, opened, right):
    made = publish(town, sharing_type=sharing, open_type=opened)

    found = read(client_of(town, "bureau"))[f"urn:yiwang:{made.id}"]

    assert found["dct:accessRights"] == [{"@id": RIGHT + right}]


def test_only_what_has_landed_and_is_shared_has_the_doors_of_a_grant(town):
    graph = read(client_of(town, "reader"))
    doors = [one for one in graph.values() if "dcat:Distribution" in one["@type"]]

    assert [one["dcat:accessURL"][0]["@id"].split("/")[3] for one in doors] == [
        "catalog", "exchange", "exchange",
    ]  # fmt: skip
    Resource.objects.update(sharing_type="none")
    graph = read(client_of(town, "reader"))
    assert len([one for one in graph.values() if "dcat:Distribution" in one["@type"]]) == 1


def test_a_dataset_conforms_to_the_standards_of_its_elements(town):
    graph = read(client_of(town, "reader"))
    [found] = datasets(graph)

    titles = [graph[one["@id"]]["dct:title"][0]["@value"] for one in found["dct:conformsTo"]]

    assert any("GB" in one for one in titles), titles


def test_pages_follow_each_other_and_hold_every_resource_once(town):
    made = {publish(town, f"清单{at}").name for at in range(7)}
    client, address, seen = Client(), f"{PLACE}?limit=3&format=jsonld", []

    while address:
        response = client.get(address)
        graph = {one["@id"]: one for one in response.json()["@graph"]}
        seen += [one["dct:title"][0]["@value"] for one in datasets(graph)]
        [page] = [one for one in graph.values() if "hydra:PagedCollection" in one["@type"]]
        more = page.get("hydra:nextPage", [{"@id": ""}])[0]["@id"]
        assert response.headers.get("Link", "") == (f'<{more}>; rel="next"' if more else "")
        address = more.removeprefix("http://testserver")

    assert len(seen) == 7
    assert set(seen) == made


@pytest.mark.parametrize(
    ("accept", "asked", "kind"),
    [
        ("", "", "application/ld+json"),
        ("*/*", "", "application/ld+json"),
        ("application/json", "", "application/ld+json"),
        ("text/turtle", "", "text/turtle"),
        ("text/turtle;q=0.5, application/ld+json;q=0.9", "", "application/ld+json"),
        ("application/ld+json", "turtle", "text/turtle"),
        ("text/turtle", "jsonld", "application/ld+json"),
    ],
)
def test_the_form_is_chosen_by_the_address_or_the_header(town, accept, asked, kind):
    headers = {"Accept": accept} if accept else {}
    found = Client(headers=headers).get(PLACE, {"format": asked} if asked else {})

    assert found.headers["Content-Type"] == f"{kind}; charset=utf-8"
    assert "Accept" in found.headers["Vary"]


@pytest.mark.parametrize("said", ["format=xml", "limit=201", "limit=0", f"after={'x' * 41}", "q=1"])
def test_what_is_not_understood_is_refused(town, said):
    assert Client().get(f"{PLACE}?{said}").status_code == 422


def test_a_page_takes_the_same_queries_however_long_it_is(town):
    client = client_of(town, "reader")
    publish(town)
    read(client)  # the use of a token is noted once

    def add():
        for at in range(5):
            register(town.people["bureau"], "conditional", name=f"台账{at}")

    assert_constant_queries("dcat:catalog", lambda: client.get(PLACE), add)
