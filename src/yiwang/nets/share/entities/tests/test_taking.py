"""An app that is published fills the catalogue. 发布即入目录。"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted
from yiwang.kernel.ledger.models import ActRow
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Authority, Resource
from yiwang.nets.share.catalog.types import COLUMN_DEPENDENTS, Dependent
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.entities import services
from yiwang.nets.share.entities.models import EntityResource
from yiwang.nets.share.tests.test_guide import as_rows

from .conftest import FIELDS, Entry, Field, make_bundle, make_entity, relabel

BUNDLE = make_bundle()
SHOP = "demo.shop"


def resource_of(code=SHOP):
    return EntityResource.objects.get(code=code).resource


def items_of(code=SHOP):
    return {item.name: item for item in catalog.list_items(resource_of(code).id)}


def test_a_published_entity_is_a_resource_of_its_owner(publish):
    entry = Entry(
        abstract={"zh": "全市商户"}, cycle="weekly", sharing="conditional", catalogue_class="1"
    )
    publish(make_bundle(make_entity(entry=entry)))

    found = resource_of()
    assert (found.name, found.owner, found.code) == ("商户", "D01", "1D01/000001")
    assert (found.abstract, found.update_cycle, found.sharing_type) == (
        "全市商户",
        "weekly",
        "conditional",
    )
    assert (found.data_format, found.publish_date, found.kept_by) == ("table", None, SHOP)


def test_each_field_is_an_item_bound_to_its_element(publish):
    publish(BUNDLE)

    found = items_of()
    assert list(found) == ["记录标识", "商户名称", "登记号", "联系电话", "面积", "成员"]
    assert (found["联系电话"].element, found["联系电话"].declared) == ("mobile_phone", True)
    assert found["商户名称"].element == ""


def test_two_fields_of_one_label_are_two_items(publish):
    publish(make_bundle(make_entity(fields=(*FIELDS, Field("other", {"zh": "面积"})))))

    assert [name for name in items_of() if name.startswith("面积")] == ["面积", "面积_2"]


def test_the_grade_is_the_highest_of_entity_fields_and_elements(publish):
    publish(BUNDLE)
    by_elements = resource_of().grade
    publish(relabel(BUNDLE, SHOP, "area", grade=by_elements + 1))
    by_field = resource_of().grade
    publish(make_bundle(make_entity(grade=5)))

    assert by_elements > 0
    assert (by_field, resource_of().grade) == (by_elements + 1, 5)
    reasons = catalog.reasons_of(resource_of())
    assert (reasons[0].kind, reasons[0].code) == ("declared", SHOP)


def test_publishing_again_renames_what_stands_there(publish):
    publish(BUNDLE)
    before = resource_of()
    again = relabel(BUNDLE, SHOP, "name", label={"zh": "店名"})
    publish(replace(again, entities={SHOP: replace(again.entities[SHOP], title={"zh": "门店"})}))

    assert resource_of().id == before.id
    assert resource_of().name == "门店"
    assert list(items_of())[1] == "店名"


def test_what_people_said_of_an_item_goes_along_with_a_new_name(publish, engineer):
    publish(BUNDLE)
    catalog.bind_elements(engineer, resource_of().id, {"商户名称": "product_name"})
    catalog.claim_authority(engineer, resource_of().id, "商户名称", reason="由本系统登记")

    publish(relabel(BUNDLE, SHOP, "name", label={"zh": "店名"}), BUNDLE)

    assert items_of()["店名"].element == "product_name"
    assert [one.item for one in catalog.list_authorities_of(resource_of())] == ["店名"]


def test_a_field_under_another_key_is_the_same_item(publish, engineer):
    publish(BUNDLE)
    catalog.bind_elements(engineer, resource_of().id, {"商户名称": "product_name"})

    fields = (Field("title", {"zh": "名称"}, was="name"), *FIELDS[1:])
    publish(make_bundle(make_entity(fields=fields)), BUNDLE)

    assert items_of()["名称"].element == "product_name"


def test_labels_may_change_places(publish):
    publish(BUNDLE)
    swapped = relabel(BUNDLE, SHOP, "code", label={"zh": "商户名称"})
    swapped = relabel(swapped, SHOP, "name", label={"zh": "登记号"})
    publish(swapped, BUNDLE)

    columns = services.list_columns(EntityResource.objects.get(code=SHOP))
    assert [(one.key, one.item) for one in columns][1:3] == [
        ("name", "登记号"),
        ("code", "商户名称"),
    ]


def test_titles_may_change_places(publish):
    other = make_entity("demo.stall", "摊位")
    publish(make_bundle(make_entity(), other))
    ids = resource_of().id, resource_of("demo.stall").id

    publish(make_bundle(make_entity(title="摊位"), make_entity("demo.stall", "商户")))

    assert (resource_of().name, resource_of("demo.stall").name) == ("摊位", "商户")
    assert (resource_of().id, resource_of("demo.stall").id) == ids


def test_a_name_that_another_resource_has_is_refused_with_its_code(publish, engineer):
    made = catalog.create_resource(engineer, owner="D01", name="商户")

    with pytest.raises(Conflict) as refused:
        publish(BUNDLE)

    assert refused.value.code == "catalog.declared.taken"
    assert made.code in refused.value.detail
    assert not EntityResource.objects.exists()


def test_an_owner_that_is_not_there_is_refused(publish):
    with pytest.raises(InvalidInput) as refused:
        publish(make_bundle(owner="X99"))

    assert refused.value.code == "entities.owner.missing"
    assert "X99" in refused.value.detail


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (Entry(cycle="often"), "catalog.declared.unknown"),
        (Entry(snapshots="often"), "entities.snapshots.unknown"),
    ],
)
def test_words_that_nobody_knows_are_refused(publish, entry, code):
    with pytest.raises(InvalidInput) as refused:
        publish(make_bundle(make_entity(entry=entry)))

    assert refused.value.code == code


def test_a_retired_entity_leaves_its_resource_marked_and_comes_back(publish):
    publish(BUNDLE)
    publish(make_bundle(make_entity("demo.stall", "摊位")), BUNDLE, [BUNDLE.entities[SHOP]])

    tie = EntityResource.objects.get(code=SHOP)
    assert tie.resource.stage == "retired"
    assert (tie.retired_at is None, tie.next_at) == (False, None)

    publish(BUNDLE)
    tie.refresh_from_db()
    assert tie.resource.stage != "retired"
    assert tie.next_at is not None


def test_another_owner_takes_the_resource_along(publish):
    publish(BUNDLE)
    publish(make_bundle(owner="D02"))

    assert resource_of().owner == "D02"


def test_the_ledger_says_who_published_it_in_which_act(publish, engineer):
    publish(BUNDLE)

    outer = ActRow.objects.get(verb="records.publish")
    inner = ActRow.objects.get(verb="share.resource.declare")
    assert (inner.actor_id, inner.parent_id) == (engineer.id, outer.id)
    assert inner.details["entity"] == SHOP


def test_nobody_binds_rename_or_fills_by_hand_what_an_entity_keeps(publish, engineer, send):
    publish(BUNDLE)

    with pytest.raises(Conflict) as renamed:
        catalog.update_resource(engineer, resource_of().id, name="别的")
    with pytest.raises(Conflict) as bound:
        catalog.bind_elements(engineer, resource_of().id, {"联系电话": ""})
    with pytest.raises(Conflict) as sent:
        send(engineer, "商户名称\n甲\n", name="商户.csv")

    codes = [one.value.code for one in (renamed, bound, sent)]
    assert codes == ["catalog.resource.kept", "catalog.item.declared", "connect.resource.kept"]


def test_only_who_may_unmask_takes_a_personal_element_off_a_field_with_rows(publish, person, kept):
    hidden = relabel(BUNDLE, SHOP, "area", element="mobile_phone")
    publish(hidden)
    kept.put(SHOP, {"id": "1", "name": "甲", "area": "12.50"})
    services.snapshot_here(person("engineer", "D02"), SHOP)

    with pytest.raises(NotPermitted):
        publish(BUNDLE, hidden, actor=replace(SYSTEM, id="somebody"))
    assert items_of()["面积"].element == "mobile_phone"

    publish(BUNDLE, hidden)
    assert items_of()["面积"].element == ""
    assert ActRow.objects.get(verb="share.resource.release").details["columns"] == {
        "面积": "floor_area"
    }


def test_a_group_of_persons_is_graded_by_its_members_and_shows_nothing(publish, steward, kept):
    publish(make_bundle(make_entity(fields=FIELDS[:1] + FIELDS[4:5])))
    kept.put(SHOP, {"id": "1", "members": '[{"who":"李四"}]'})
    services.snapshot_here(steward, SHOP)

    assert resource_of().grade == 3
    look = catalog.look_rows(steward, resource_of().id)
    assert [cells[2] for _, cells in look.rows] == ["***"]


def test_a_file_that_waits_does_not_land_where_an_entity_keeps_the_rows(publish, engineer):
    waiting = connect.receive_file(
        engineer,
        io.BytesIO("商户名称\n甲\n".encode()),
        file_name="商户.csv",
        owner="D01",
        queue=False,
    )
    publish(BUNDLE)

    (delivery,) = connect.land_delivery(engineer, waiting.id)

    assert (delivery.state, delivery.error["code"]) == ("failed", "connect.resource.kept")


def test_a_retired_resource_stays_retired_whoever_publishes_it(publish, engineer):
    publish(BUNDLE)
    publish(make_bundle(make_entity("demo.stall", "摊位")), BUNDLE, [BUNDLE.entities[SHOP]])
    words = {"abstract": "x", "sharing_type": "unconditional", "open_type": "open"}
    catalog.update_resource(engineer, resource_of().id, **words)

    catalog.publish_resource(engineer, resource_of().id)
    assert resource_of().stage == "retired"


def test_the_guide_as_it_went_out_comes_in_again_and_adds_no_item(publish, engineer):
    publish(BUNDLE)
    sheet = as_rows(*catalog.export_guide(engineer))

    assert {one.action for one in catalog.import_guide(engineer, sheet).changes} == {"keep"}
    more = [*sheet, sheet[-1] | {"信息项名称": "多出来的"}]
    assert [one.column for one in catalog.plan_guide(engineer, more).problems] == ["信息项名称"]


@pytest.fixture
def shared_phones(db):
    """A published register that shares phone numbers as their authoritative source."""
    resource = Resource.objects.create(
        owner="D09", name="联系方式库", code="3D09/000001", sharing_type="conditional",
        publish_date=date(2026, 1, 5),
    )  # fmt: skip
    Authority.objects.create(
        resource=resource, item="电话", element="mobile_phone", state="holding", reason="主管",
        account="somebody",
    )  # fmt: skip
    return resource


def test_what_a_register_shares_already_is_not_asked_again_without_a_reason(publish, shared_phones):
    with pytest.raises(Conflict) as told:
        publish(BUNDLE)

    assert told.value.code == "entities.element.shared"
    assert told.value.extra["field"] == "phone"
    assert "3D09/000001" in told.value.detail
    publish(relabel(BUNDLE, SHOP, "phone", again="巡查当场联系，库中号码更新慢"))
    assert resource_of().name == "商户"


def test_a_field_that_asked_before_a_register_shared_it_goes_on(publish, request):
    publish(BUNDLE)
    request.getfixturevalue("shared_phones")

    publish(relabel(BUNDLE, SHOP, "area", grade=2), BUNDLE)


@pytest.mark.parametrize("change", [{"without": "phone"}, {"label": "电话"}])
def test_a_field_that_grants_use_neither_goes_nor_changes_its_name(publish, monkeypatch, change):
    publish(BUNDLE)
    grant = Dependent("g", "GX-2026-000001", "D02", ("联系电话",))

    def use_phone(resource_id, columns):
        return [grant] if resource_id == resource_of().id and "联系电话" in columns else []

    monkeypatch.setitem(COLUMN_DEPENDENTS._items, "test.grants", use_phone)
    kept = [one for one in FIELDS if one.key != change.get("without")]
    after = make_bundle(make_entity(fields=kept, key=("code",)))
    if "label" in change:
        after = relabel(after, SHOP, "phone", label={"zh": change["label"]})

    with pytest.raises(Conflict, match="GX-2026-000001"):
        publish(after, BUNDLE)

    assert "联系电话" in items_of()
    publish(relabel(BUNDLE, SHOP, "area", label={"zh": "建筑面积"}), BUNDLE)
