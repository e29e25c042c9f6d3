"""Records through the door: who sees what, what happens to a change. 记录测试。"""

from __future__ import annotations

from datetime import date

import pytest

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
    Stale,
    Unavailable,
)
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.models import ReadRow
from yiwang.kernel.query import services as query
from yiwang.kernel.records import services
from yiwang.kernel.records.services.filterable import schema_of_fields
from yiwang.kernel.records.services.plans import limits, statements
from yiwang.kernel.records.types import Wanted

from .shops import SHOPS, full_shop, make_town

SHOP = "demo.shop"


@pytest.fixture
def town(db):
    return make_town()


def wanted(desk, text="", **more):
    schema = schema_of_fields(desk.entity(SHOP))
    return Wanted(filter=query.parse_filter(text, schema) if text else None, **more)


def names(desk, text="", **more):
    return [
        one.title for one in services.list_records(desk, SHOP, wanted(desk, text, **more)).records
    ]


def test_a_record_comes_back_as_it_was_given(town):
    given = full_shop()

    made = town.shop("eng", **given)

    found = services.get_record(town.desk("eng"), SHOP, made.id)
    raw = services.find_raw(SHOP, made.id)
    assert {key: raw[key] for key in given} == given
    assert found.rev == 1
    assert found.owner == town.people["eng"].id


def test_a_street_sees_its_own_and_what_lies_below_but_no_neighbour(town):
    town.shop("east", name="东一")
    town.shop("west", name="西一")

    assert names(town.desk("east")) == ["东一"]
    assert names(town.desk("west")) == ["西一"]
    assert sorted(names(town.desk("eng"))) == ["东一", "西一"]


def test_what_one_may_not_see_is_not_found(town):
    made = town.shop("east")

    with pytest.raises(NotFound):
        services.get_record(town.desk("west"), SHOP, made.id)


def test_pages_follow_each_other_without_gap_also_past_rows_without_a_value(town):
    for at in range(7):
        town.shop("east", name=f"店{at}", opened=date(2026, 1, at) if at > 2 else None)
    desk = town.desk("east")

    for order in ("-opened", "opened"):
        found, after = [], None
        while True:
            page = services.list_records(desk, SHOP, Wanted(order=(order,), after=after, limit=2))
            found += [one.title for one in page.records]
            after = page.after
            if after is None:
                break
        assert sorted(found) == [f"店{at}" for at in range(7)]
        dated = [one for one in found if one > "店2"]
        assert dated == sorted(dated, reverse=order.startswith("-"))


def test_a_change_needs_the_revision_that_was_seen(town):
    made = town.shop("east")
    desk = town.desk("east")
    services.update_record(desk, SHOP, made.id, {"name": "新名"}, rev=1)

    with pytest.raises(Stale):
        services.update_record(desk, SHOP, made.id, {"name": "更新"}, rev=1)

    assert services.get_record(desk, SHOP, made.id).title == "新名"


def test_history_tells_what_changed_and_a_removed_record_comes_back(town):
    made = town.shop("east", name="原名")
    desk = town.desk("east")
    services.update_record(desk, SHOP, made.id, {"name": "新名"}, rev=1, reason="更名登记")
    services.remove_record(town.desk("eng"), SHOP, made.id, rev=2)

    with pytest.raises(NotFound):
        services.get_record(desk, SHOP, made.id)
    back = services.restore_record(town.desk("eng"), SHOP, made.id)

    lines = services.list_history(town.desk("eng"), SHOP, made.id)
    assert [one.verb for one in lines] == ["restore", "remove", "edit", "create"]
    assert (lines[2].before["name"], lines[2].after["name"]) == ("原名", "新名")
    assert back.title == "新名"
    assert back.organization == "S01"


def test_what_was_sent_twice_is_done_once(town):
    desk = town.desk("east")
    first = services.create_record(desk, SHOP, {"name": "甲", "kind": "food"}, key="k1")
    again = services.create_record(desk, SHOP, {"name": "甲", "kind": "food"}, key="k1")

    assert again.id == first.id
    assert names(desk) == ["甲"]


def test_a_key_that_is_taken_is_told_without_the_value(town):
    town.shop("west", credit_code="91110108MA01ABCD71")

    with pytest.raises(Conflict) as told:
        town.shop("east", credit_code="91110108MA01ABCD71")

    assert "91110108MA01ABCD71" not in str(told.value)


def test_personal_fields_are_masked_and_cannot_be_filtered_or_changed(town):
    made = town.shop("east", phone="13812345678")
    desk = town.desk("east")

    found = services.get_record(desk, SHOP, made.id)

    assert found.values["phone"] == "138****5678"
    assert "phone" in found.masked
    with pytest.raises(InvalidInput):
        names(desk, "phone = '13812345678'")
    with pytest.raises(services.InvalidValues):
        services.update_record(desk, SHOP, made.id, {"phone": "13900000000"}, rev=1)


def test_a_look_behind_the_mask_needs_the_verb_and_a_purpose_and_leaves_a_row(town):
    made = town.shop("east", phone="13812345678")
    before = ReadRow.objects.count()

    with pytest.raises(InvalidInput):
        services.reveal_value(town.desk("eng"), SHOP, made.id, "phone", "")
    told = services.reveal_value(town.desk("eng"), SHOP, made.id, "phone", "核对联系方式")

    assert told == "13812345678"
    assert ReadRow.objects.count() == before + 1


def test_filters_count_and_group_by_index(town):
    for at in range(3):
        town.shop("east", name=f"面{at}")
    town.shop("east", name="五金", kind="shop")
    desk = town.desk("east")

    assert names(desk, "kind = 'shop'") == ["五金"]
    assert services.count_records(desk, SHOP, Wanted(), most=2).is_more
    assert services.group_records(desk, SHOP, "kind", Wanted())["food"].number == 3


def test_either_of_two_conditions_finds_each_row_once(town):
    made = town.shop("east", name="甲")
    town.shop("east", name="乙", kind="shop")
    desk = town.desk("east")

    text = f"kind = 'food' or _id = '{made.id}' or kind = 'shop'"
    assert sorted(names(desk, text)) == ["乙", "甲"]


def test_words_are_found_inside_names(town):
    town.shop("east", name="东风路老王面馆")
    town.shop("east", name="西山五金店")
    desk = town.desk("east")

    assert names(desk, search="老王") == ["东风路老王面馆"]
    assert names(desk, search="五金") == ["西山五金店"]
    assert names(desk, search="面五") == []


def test_links_lead_to_what_one_may_see_only(town):
    with pytest.raises(services.InvalidValues):
        town.shop("east", community="nobody:00000000000000000000000000")


def test_whoever_holds_no_grant_finds_no_entity(town):
    with pytest.raises((NotFound, NotPermitted)):
        services.create_record(town.desk("grid"), SHOP, {"name": "甲", "kind": "food"})


def test_every_process_sees_a_new_version_at_once(town):
    town.shop("east", name="甲")
    files = {
        **SHOPS,
        "entities/shop.yaml": SHOPS["entities/shop.yaml"].replace(
            "名称, en: Name", "字号, en: Sign"
        ),
    }

    services.publish_bundle(town.people["eng"], files)

    entity = town.desk("east").entity(SHOP)
    assert entity.fields["name"].label["zh"] == "字号"
    assert names(town.desk("east")) == ["甲"]


def test_the_node_itself_streams_every_row_whole(town):
    town.shop("east", phone="13812345678")

    rows = list(services.stream_all(SHOP))

    assert len(rows) == 1
    assert "13812345678" in rows[0]
    assert services.find_newest_change(SHOP)


def test_who_holds_no_post_sees_none_of_the_records_of_organizations(town):
    town.shop("east")
    lost, _ = identity.create_account(
        SYSTEM, name="lost", password="Rain-on-the-roof-7", must_change_password=False
    )
    identity.grant_role(SYSTEM, lost.id, "steward")
    desk = services.at_desk(identity.get_actor(lost.id))

    assert names(desk) == []
    assert services.count_records(desk, SHOP, Wanted()).number == 0


def test_a_list_that_takes_too_long_is_ended_and_says_so(town, monkeypatch):
    for at in range(40):
        town.shop("east", name=f"店{at}")
    monkeypatch.setattr("yiwang.kernel.records.services.plans.limits.OPERATIONS", 1)
    slow = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n WHERE x < 0"

    with pytest.raises(Unavailable), limits.limited(0.05):
        statements.run(slow, [])

    assert len(names(town.desk("east"))) == 40
