"""From an app's files to findings in the catalogue, through the real doors. 从声明到目录与质量。"""

from __future__ import annotations

import pytest

from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.jobs.services import run_due as run_jobs
from yiwang.kernel.pool import services as pool
from yiwang.kernel.records import services as records
from yiwang.kernel.records.tests.shops import SHOPS, full_shop, make_town
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.entities import services
from yiwang.nets.share.entities.models import EntityResource
from yiwang.nets.share.quality import services as quality
from yiwang.nets.share.quality.models import Result, Run

pytestmark = pytest.mark.django_db
SHOP = "demo.shop"


@pytest.fixture
def town():
    """An app whose owner has shops."""
    return make_town()


def resource():
    return EntityResource.objects.select_related("resource").get(code=SHOP).resource


def rows() -> list[dict[str, str | None]]:
    """The newest version, row by row."""
    version = pool.find_latest(resource().table)
    found = pool.list_rows(version.id, limit=500).rows
    return [dict(zip(version.columns, cells, strict=True)) for _, cells in found]


def test_publishing_an_app_fills_the_catalogue(town):
    found = resource()

    assert (found.name, found.owner, found.abstract) == ("商户", "D01", "沿街商户")
    items = {item.name: item.element for item in catalog.list_items(found.id)}
    assert items["联系电话"] == "mobile_phone"
    assert items["统一社会信用代码"] == "credit_code"
    assert "照片" not in items
    assert catalog.find_of_owner("D01", "社区").kept_by == "demo.community"


def test_a_name_that_is_taken_publishes_nothing(town):
    engineer = town.people["eng"]
    taken = catalog.create_resource(engineer, owner="D01", name="摊位")
    again = SHOPS | {
        "entities/stall.yaml": SHOPS["entities/community.yaml"]
        .replace("entity: community", "entity: stall")
        .replace("zh: 社区", "zh: 摊位")
    }

    with pytest.raises(Conflict, match=taken.code):
        records.publish_bundle(engineer, again)
    assert "demo.stall" not in records.snapshot().entities


def test_what_lands_is_what_the_entity_holds(town):
    whole = full_shop() | {"note": '两行\n  备注,"引号"', "name": "007"}
    made = town.shop("eng", **whole)
    town.shop("east", name="西街面馆")

    services.snapshot_here(town.people["eng"], SHOP)

    columns = services.list_columns(EntityResource.objects.get(code=SHOP))
    kept = records.stream_all(SHOP, [one.key for one in columns[1:]])
    names = [one.item for one in columns]
    assert rows() == [dict(zip(names, cells, strict=True)) for cells in kept]
    (one,) = [row for row in rows() if row["记录标识"] == made.id]
    assert (one["名称"], one["备注"]) == ("007", '两行\n  备注,"引号"')
    assert (one["面积"], one["已领证"], one["类别"], one["开业日期"]) == (
        "35.50",
        "true",
        "food",
        "2026-03-01",
    )
    assert "李四" in one["从业人员"]


def test_every_kind_of_change_makes_a_version_and_nothing_else_does(town):
    desk, engineer = town.desk("eng"), town.people["eng"]
    made = town.shop("eng")

    def lay() -> int | None:
        return services.snapshot_here(engineer, SHOP).version

    assert (lay(), lay()) == (1, None)
    changed = records.update_record(desk, SHOP, made.id, {"name": "新面馆"}, rev=made.rev)
    assert (lay(), lay()) == (2, None)
    records.remove_record(desk, SHOP, made.id, rev=changed.rev)
    assert (lay(), lay(), rows()) == (3, None, [])
    records.restore_record(desk, SHOP, made.id)
    assert (lay(), lay()) == (4, None)
    assert [row["名称"] for row in rows()] == ["新面馆"]


def test_a_change_that_began_before_the_newest_one_is_not_missed(town):
    began = now()
    town.shop("eng")
    services.snapshot_here(town.people["eng"], SHOP)
    with use_time(began):
        town.shop("eng", name="早开始的")

    assert services.snapshot_here(town.people["eng"], SHOP).version == 2


def test_a_new_label_goes_through_to_the_next_version(town):
    engineer = town.people["eng"]
    town.shop("eng")
    services.snapshot_here(engineer, SHOP)
    renamed = SHOPS["entities/shop.yaml"].replace(
        "note: {label: {zh: 备注", "note: {label: {zh: 说明"
    )
    records.publish_bundle(engineer, SHOPS | {"entities/shop.yaml": renamed})

    services.snapshot_here(engineer, SHOP)

    assert "说明" in rows()[0]
    assert "备注" not in rows()[0]


def test_those_who_may_look_see_masks(town):
    town.shop("eng", phone="13812345678")
    services.snapshot_here(town.people["eng"], SHOP)

    look = catalog.look_rows(town.people["eng"], resource().id)
    (cells,) = [cells for _, cells in look.rows]
    assert cells[look.columns.index("联系电话")] == "138****5678"


def test_elements_find_what_was_entered_before_anybody_checked_it(town):
    engineer = town.people["eng"]
    plain = SHOPS["entities/shop.yaml"].replace(", element: credit_code}", "}")
    records.publish_bundle(engineer, SHOPS | {"entities/shop.yaml": plain})
    town.shop("eng", credit_code="0123")
    records.publish_bundle(engineer, SHOPS)

    services.snapshot_here(engineer, SHOP)
    run_jobs()

    run = Run.objects.get(resource=resource().id)
    broken = Result.objects.filter(run=run, severity="error", failed__gt=0)
    assert {one.rule for one in broken} == {"derived.统一社会信用代码.format"}
    assert quality.scores_of(run) != []
