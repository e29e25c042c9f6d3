"""Before a column goes, everybody whose grant uses it is listed, and a person has to have looked."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.clock import today
from yiwang.kernel.jobs.services import run_due
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.lineage import services

pytestmark = pytest.mark.django_db
WHOLE = "姓名,街道,状态\n赵钱孙,东湖,在业\n"
LESS = "姓名,状态\n赵钱孙,在业\n"


@pytest.fixture
def shared(town, send):
    """A register of the owner, shared, with a grant of two columns and another by a row filter."""
    landed = send(WHOLE)
    Resource.objects.filter(id=landed.resource).update(
        publish_date=today(), sharing_type="conditional", sharing_basis="依申请"
    )
    town.resource = Resource.objects.get(id=landed.resource)
    return town


def land(town, held, **said):
    found = connect.land_anyway(town.people["owner"], held.id, reason="已并栏", **said)
    connect.land_delivery(town.people["owner"], held.id)
    found.refresh_from_db()
    return found


def test_a_column_that_a_grant_uses_goes_only_after_a_word_on_the_list(shared, send):
    columns = shared.grant(columns=("姓名", "街道"))
    rows = shared.grant(columns=("姓名",), row_filter="街道 = '东湖'", anyway=True)
    held = send(LESS)
    assert held.error["code"] == "connect.held.drift"

    again = land(shared, held)

    assert (again.state, again.error["code"]) == ("held", "connect.held.dependents")
    assert set(again.error["extra"]["grants"]) == {
        columns.request.number,
        rows.request.number,
    }
    assert [one.name for one in catalog.list_items(held.resource or shared.resource.id)] == [
        "姓名", "街道", "状态",
    ]  # fmt: skip

    assert land(shared, held).state == "landed"


def test_a_grant_made_after_the_list_was_seen_is_listed_anew(shared, send):
    shared.grant(columns=("街道",))
    held = send(LESS)
    seen = catalog.sign_dependents(connect.list_affected(held))
    later = shared.grant(columns=("姓名", "街道"), anyway=True)

    again = land(shared, held, seen=seen)

    assert again.error["code"] == "connect.held.dependents"
    assert later.request.number in again.error["extra"]["grants"]


def test_who_uses_other_columns_or_has_it_no_longer_is_not_asked(shared, send):
    shared.grant(columns=("姓名",))
    gone = shared.grant(columns=("街道",), anyway=True)
    exchange.revoke_grant(shared.people["owner"], gone.id, reason="用途已变")
    held = send(LESS)

    assert connect.list_affected(held) == []
    assert land(shared, held).state == "landed"


def test_the_page_lists_them_and_lands_once_each_was_looked_at(shared, send):
    grant = shared.grant(columns=("姓名", "街道"))
    held = send(LESS)
    owner = shared.client("owner")
    shown = owner.get(f"/deliveries/{held.id}/").content.decode()
    assert grant.request.number in shown
    assert "人社局" in shown
    seen = catalog.sign_dependents(connect.list_affected(held))

    said = {"anyway": "1", "reason": "已并栏", "seen": seen, "looked": "1"}
    assert owner.post(f"/deliveries/{held.id}/decide/", said).status_code == 302
    run_due()

    held.refresh_from_db()
    assert held.state == "landed"


def test_grants_of_data_made_of_it_outside_are_listed_too(shared, send):
    from .test_openlineage import dataset, event

    other = catalog.create_resource(shared.people["owner"], owner="D01", name="街道统计")
    here = catalog.get_dataset_namespace()
    facet = {
        "_producer": "urn:test", "_schemaURL": "urn:test",
        "fields": {"街道名": {"inputFields": [
            {"namespace": here, "name": shared.resource.code, "field": "街道"}
        ]}},
    }  # fmt: skip
    services.receive_event(
        shared.people["owner"], event(outputs=[dataset(other.code, here, columnLineage=facet)])
    )
    first = shared.resource
    catalog.Item.objects.create(resource=other, name="街道名", position=1)
    Resource.objects.filter(id=other.id).update(
        table=first.table, publish_date=today(), sharing_type="conditional", sharing_basis="依申请"
    )
    shared.resource = Resource.objects.get(id=other.id)
    grant = shared.grant(columns=("街道名",))
    run_due()

    [found] = services.list_granted(first.id, ["街道"])

    assert (found.id, found.direct, found.columns) == (grant.id, False, ("街道",))
    assert services.list_granted(first.id, ["姓名"]) == []
