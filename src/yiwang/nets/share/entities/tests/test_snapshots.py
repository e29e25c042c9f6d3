"""Rows of an entity become versions of its resource. 业务对象快照。"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import Conflict, NotFound, NotPermitted, Unavailable
from yiwang.kernel.jobs.services import run_due as run_jobs
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.connect.services import Delivery
from yiwang.nets.share.entities import services
from yiwang.nets.share.entities.models import EntityResource, SnapshotRun
from yiwang.nets.share.entities.services import rows as reading
from yiwang.nets.share.entities.services import running

from .conftest import Entry, make_bundle, make_entity, relabel

SHOP = "demo.shop"
BUNDLE = make_bundle(make_entity(key=("code",)))
FIRST = {
    "id": "n1:01A",
    "name": "东门\n杂货",
    "code": "007",
    "phone": "13812345678",
    "area": "12.50",
}
SECOND = {
    "id": "n1:01B",
    "name": " 西门 ",
    "code": "0010",
    "phone": None,
    "members": '[{"who":"李四"}]',
}


@pytest.fixture
def shop(publish, kept):
    """The shops of the app, two of them."""
    publish(BUNDLE)
    kept.put(SHOP, FIRST, SECOND)
    return kept


def tie() -> EntityResource:
    return EntityResource.objects.select_related("resource").get(code=SHOP)


def landed() -> list[tuple[str | None, ...]]:
    """The rows of the newest version."""
    version = pool.find_latest(tie().resource.table)
    return [cells for _, cells in pool.list_rows(version.id, limit=500).rows]


def numbers() -> list[int]:
    return sorted(one.number for one in pool.list_versions(tie().resource.table))


def test_the_version_holds_every_row_as_it_is_shown(engineer, shop):
    run = services.snapshot_here(engineer, SHOP)

    assert (run.state, run.rows, run.version) == ("done", 2, 1)
    assert landed() == [
        ("n1:01A", "东门\n杂货", "007", "13812345678", "12.50", None),
        ("n1:01B", " 西门 ", "0010", None, None, '[{"who":"李四"}]'),
    ]
    assert tie().resource.key == ["登记号"]
    assert (tie().rows, tie().last_state) == (2, "done")


def test_personal_data_is_masked_for_who_looks(engineer, steward, shop):
    services.snapshot_here(engineer, SHOP)

    look = catalog.look_rows(steward, tie().resource_id)

    phones = [cells[look.columns.index("联系电话")] for _, cells in look.rows]
    assert phones[0] != FIRST["phone"]
    assert phones[0].endswith(FIRST["phone"][-4:])


def test_nothing_new_makes_no_version(engineer, shop):
    services.snapshot_here(engineer, SHOP)
    again = services.snapshot_here(engineer, SHOP)

    assert (again.state, numbers()) == ("nothing", [1])


def test_a_change_makes_the_next_version(engineer, shop):
    services.snapshot_here(engineer, SHOP)
    shop.put(SHOP, SECOND)
    services.snapshot_here(engineer, SHOP)

    assert numbers() == [1, 2]
    assert [row[2] for row in landed()] == ["0010"]


def test_an_entity_without_rows_is_a_version_without_rows(engineer, shop):
    services.snapshot_here(engineer, SHOP)
    shop.put(SHOP)
    services.snapshot_here(engineer, SHOP)

    assert (numbers(), landed()) == ([1, 2], [])


def test_new_labels_and_fields_are_laid_down_though_no_row_changed(engineer, shop, publish):
    services.snapshot_here(engineer, SHOP)
    publish(relabel(BUNDLE, SHOP, "code", label={"zh": "编号"}), BUNDLE)
    services.snapshot_here(engineer, SHOP)

    version = pool.find_latest(tie().resource.table)
    assert (version.number, version.columns[2], version.key) == (2, "编号", ("编号",))
    known = {item.name: item for item in catalog.list_items(tie().resource_id)}
    assert "登记号" not in known


def test_earlier_versions_stay_masked_under_the_label_of_then(engineer, steward, shop, publish):
    services.snapshot_here(engineer, SHOP)
    publish(relabel(BUNDLE, SHOP, "phone", label={"zh": "电话"}), BUNDLE)
    services.snapshot_here(engineer, SHOP)

    for number in (1, 2):
        look = catalog.look_rows(steward, tie().resource_id, version=number)
        assert FIRST["phone"] not in [cells[3] for _, cells in look.rows]


def test_a_renamed_entity_lands_in_the_same_resource(engineer, shop, publish):
    services.snapshot_here(engineer, SHOP)
    named = replace(BUNDLE.entities[SHOP], title={"zh": "门店"})
    publish(replace(BUNDLE, entities={SHOP: named}), BUNDLE)
    shop.put(SHOP, FIRST)
    services.snapshot_here(engineer, SHOP)

    assert numbers() == [1, 2]
    assert catalog.Resource.objects.count() == 1


def test_a_great_many_rows_are_read_in_blocks(engineer, shop, monkeypatch):
    monkeypatch.setattr(reading, "BLOCK", 7)
    shop.put(SHOP, *({"id": f"n1:{n:04}", "code": f"{n:06}"} for n in range(50)))

    services.snapshot_here(engineer, SHOP)

    assert [row[2] for row in landed()] == [f"{n:06}" for n in range(50)]


class TestTheClock:
    def test_asks_for_what_is_due_and_has_changed(self, engineer, shop):
        due = tie().next_at + timedelta(minutes=1)
        with use_time(due - timedelta(minutes=2)):
            assert services.run_due() == []
        with use_time(due):
            assert services.run_due() == [SHOP]
            assert services.run_due() == []
            run_jobs()
        run = SnapshotRun.objects.get()
        assert (run.state, run.planned, run.asked_by) == ("done", True, "system")

    def test_leaves_no_row_of_what_has_not_changed(self, engineer, shop):
        services.snapshot_here(engineer, SHOP)
        due = tie().next_at + timedelta(minutes=1)
        with use_time(due):
            assert services.run_due() == []
        assert (SnapshotRun.objects.count(), tie().good_at) == (1, due)

    @pytest.mark.parametrize(("word", "planned"), [("never", False), ("hourly", True)])
    def test_goes_by_what_the_entity_says(self, publish, kept, word, planned):
        publish(make_bundle(make_entity(entry=Entry(snapshots=word))))

        assert (tie().next_at is not None) is planned

    def test_publishing_again_puts_nothing_off(self, shop, publish):
        before = tie().next_at
        with use_time(now() + timedelta(minutes=5)):
            publish(BUNDLE, BUNDLE)

        assert tie().next_at == before

    def test_a_snapshot_that_nobody_makes_any_more_is_ended(self, engineer, shop):
        run = services.ask_snapshot(engineer, SHOP)
        SnapshotRun.objects.filter(id=run.id).update(job="n1:gone")

        assert services.sweep_runs() == 1
        run.refresh_from_db()
        assert (run.state, run.error["code"]) == ("failed", "entities.run.lost")


class TestCutShort:
    def test_before_the_rows_are_kept_it_begins_anew(self, engineer, shop, monkeypatch):
        run = services.ask_snapshot(engineer, SHOP, queue=False)
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(running, "keep", interrupt)
            services.perform(run.id)
        shop.put(SHOP, SECOND)

        assert services.perform(run.id).state == "done"
        assert (numbers(), len(landed()), Delivery.objects.count()) == ([1], 1, 1)

    def test_after_they_are_kept_it_goes_on_with_those(self, engineer, shop, monkeypatch):
        run = services.ask_snapshot(engineer, SHOP, queue=False)
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(running, "land", interrupt)
            services.perform(run.id)
        assert tie().resource.table == ""
        shop.put(SHOP, SECOND)

        assert services.perform(run.id).state == "done"
        assert (numbers(), len(landed()), Delivery.objects.count()) == ([1], 2, 1)
        assert services.snapshot_here(engineer, SHOP).version == 2

    def test_republished_while_it_is_read_it_is_tried_again(self, engineer, shop, monkeypatch):
        run = services.ask_snapshot(engineer, SHOP, queue=False)
        monkeypatch.setattr(reading.records, "stream_all", gone)

        with pytest.raises(Unavailable):
            services.perform(run.id)
        run.refresh_from_db()
        assert run.state == "reading"

    def test_rows_kept_before_a_new_name_do_not_land_under_the_old_one(
        self, engineer, shop, publish, monkeypatch
    ):
        run = services.ask_snapshot(engineer, SHOP, queue=False)
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(running, "land", interrupt)
            services.perform(run.id)
        named = replace(BUNDLE.entities[SHOP], title={"zh": "门店"})
        publish(replace(BUNDLE, entities={SHOP: named}), BUNDLE)

        with pytest.raises(Conflict) as refused:
            services.perform(run.id)

        assert refused.value.code == "entities.run.republished"
        assert catalog.Resource.objects.count() == 1
        assert services.snapshot_here(engineer, SHOP).state == "done"


def gone(*_args):
    raise NotFound("records.field.missing", "no such field")
    yield


def interrupt(*_args, **_kwargs):
    raise KeyboardInterrupt


class TestTakenBack:
    def test_a_withdrawn_snapshot_comes_again(self, engineer, shop):
        run = services.snapshot_here(engineer, SHOP)
        connect.withdraw_delivery(engineer, run.delivery, reason="试一下")
        assert (tie().last_state, tie().rows) == ("taken_back", None)

        assert services.snapshot_here(engineer, SHOP).version == 2
        assert tie().rows == 2

    def test_what_stood_before_counts_again(self, engineer, shop):
        services.snapshot_here(engineer, SHOP)
        shop.put(SHOP, FIRST)
        run = services.snapshot_here(engineer, SHOP)

        connect.withdraw_delivery(engineer, run.delivery, reason="试一下")

        assert (len(landed()), tie().rows) == (2, 2)


class TestWhoMay:
    def test_ask_for_snapshots_of_their_department(self, steward, shop):
        assert services.snapshot_here(steward, SHOP).state == "done"

    def test_not_ask_for_those_of_others(self, person, shop, engineer):
        catalog.update_resource(
            engineer, tie().resource_id, abstract="x", sharing_type="unconditional",
            open_type="open", update_cycle="daily",
        )  # fmt: skip
        catalog.publish_resource(engineer, tie().resource_id)
        other = person("steward", "D02")

        with pytest.raises(NotPermitted):
            services.ask_snapshot(other, SHOP)
        assert services.get_entity(other, SHOP).code == SHOP

    def test_not_even_know_of_drafts_of_others(self, person, shop):
        with pytest.raises(NotFound):
            services.ask_snapshot(person("steward", "D02"), SHOP)

    def test_nobody_asks_for_a_retired_one(self, engineer, shop, publish):
        publish(make_bundle(make_entity("demo.stall", "摊位")), BUNDLE, [BUNDLE.entities[SHOP]])

        with pytest.raises(Conflict) as refused:
            services.ask_snapshot(engineer, SHOP)
        assert refused.value.code == "entities.run.retired"
