"""Fields that change while their table is large: what is planned, and what is done in the background."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection

from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services import JobContext, cancel_job, run_due
from yiwang.kernel.records import services
from yiwang.kernel.records.models import FieldColumn, RecordChange
from yiwang.kernel.records.services import tables
from yiwang.kernel.records.services.tables import batches, columns
from yiwang.kernel.records.services.tables.running import run

from .changed import (
    NUMBER,
    TEXT,
    fill_rows,
    get_shop,
    list_triggers,
    live_version,
    read_all,
    shop_files,
)
from .shops import make_town
from .tabled import add_row


@pytest.fixture
def town(db):
    return make_town(shop_files(TEXT))


@pytest.fixture
def eng(town):
    return town.people["eng"]


@pytest.fixture
def large(monkeypatch):
    """Every table with a row counts as large, and is walked in small steps."""
    monkeypatch.setattr(columns, "SMALL", 0)
    monkeypatch.setattr(batches, "LEAST", 3)
    monkeypatch.setattr(batches, "MOST", 7)
    monkeypatch.setattr(batches, "PAUSE_AT_LEAST", 0.0)


class TestPlan:
    """What publishing would do is told before. 发布计划。"""

    def kinds(self, eng, *args, **more):
        return [
            (one.kind, one.field) for one in services.plan_bundle(eng, shop_files(*args, **more))
        ]

    def test_each_change_is_a_step(self, eng):
        fill_rows(get_shop(), 2, name="甲")
        fields = {
            "extent": "{label: {zh: 规模}, kind: integer, was: size}",
            "x": "{label: {zh: 乙}}",
        }

        assert self.kinds(eng, fields, head="key: [x]") == [
            ("rename", "extent"), ("retype", "extent"), ("add", "x"), ("index", ""),
        ]  # fmt: skip
        assert self.kinds(eng) == [("hide", "size")]
        assert self.kinds(eng, {"size": "{label: {zh: 规模}, kind: longtext}"}) == [
            ("adapt", "size")
        ]
        assert self.kinds(eng, TEXT) == []
        assert FieldColumn.objects.count() == 2

    def test_what_comes_back_and_what_goes_is_told(self, eng):
        services.publish_bundle(eng, shop_files())
        files = shop_files(TEXT)
        files["entities/stall.yaml"] = files.pop("entities/shop.yaml").replace("shop", "stall", 1)

        told = [(one.kind, one.entity) for one in services.plan_bundle(eng, files)]

        assert self.kinds(eng, TEXT) == [("show", "size")]
        assert told == [("create", "demo.stall"), ("retire", "demo.shop")]

    def test_on_a_large_table_it_says_who_waits(self, eng, large):
        fill_rows(get_shop(), 2, name="甲", size="1")

        retype, index = services.plan_bundle(eng, shop_files(NUMBER, view="order: [-size]\n"))

        assert (retype.kind, retype.before, retype.rows, retype.stops) == ("retype", True, 2, "")
        assert index.before
        assert index.stops == ("" if connection.vendor == "postgresql" else "writers")


@pytest.mark.usefixtures("large")
class TestLargeTables:
    """What takes long is done before the version holds. 大表。"""

    def test_a_version_waits_until_its_column_is_filled(self, eng):
        fill_rows(get_shop(), 20, name="甲", size=lambda at: f"{at}")

        waiting = services.publish_bundle(eng, shop_files(NUMBER))

        assert (waiting.version, live_version()) == (2, 1)
        assert get_shop().fields["size"].kind == "text"
        run_due()
        assert live_version() == 2
        assert read_all(get_shop(), "size") == [at * 100 for at in range(20)]
        change = RecordChange.objects.get()
        assert (change.phase, change.done, change.total, change.left) == ("done", 20, 20, 0)

    def test_values_written_meanwhile_are_turned_too(self, eng, monkeypatch):
        fill_rows(get_shop(), 20, name="甲", size="1")
        old, walk = get_shop(), tables.preparing.retyping.fill

        def write_between(retype, after, upto):
            if not after:
                add_row(old, "0", name="早", size="2")
                add_row(old, "zz", name="晚", size="3")
            return walk(retype, after, upto)

        monkeypatch.setattr(tables.preparing.retyping, "fill", write_between)
        services.publish_bundle(eng, shop_files(NUMBER))
        run_due()

        assert read_all(get_shop(), "size") == [200, *[100] * 20, 300]

    def test_a_value_that_cannot_be_turned_fails_the_version_with_a_sentence(self, eng):
        fill_rows(get_shop(), 5, name="甲", size=lambda at: "无数" if at == 3 else "1")

        services.publish_bundle(eng, shop_files(NUMBER))
        (job,) = run_due()

        assert (job.state, job.error_code) == ("failed", "records.retype.refused")
        assert (live_version(), list_triggers()) == (1, set())
        assert RecordChange.objects.get().phase == "failed"

    def test_mended_the_same_files_are_published_as_the_same_version(self, eng):
        fill_rows(get_shop(), 1, name="甲", size="无数")
        services.publish_bundle(eng, shop_files(NUMBER))
        run_due()
        shop = get_shop()
        run(f"UPDATE {shop.table} SET {shop.fields['size'].column} = '5'")

        services.publish_bundle(eng, shop_files(NUMBER))
        run_due()

        assert (live_version(), read_all(get_shop(), "size")) == (2, [500])

    def test_a_newer_version_takes_over_what_both_need(self, eng):
        fill_rows(get_shop(), 5, name="甲", size="1")
        services.publish_bundle(eng, shop_files(NUMBER))
        more = {**NUMBER, "note": "{label: {zh: 备注}}"}

        services.publish_bundle(eng, shop_files(more))
        run_due()

        assert live_version() == 3
        assert RecordChange.objects.count() == 1
        assert read_all(get_shop(), "size") == [100] * 5

    def test_a_newer_version_without_it_ends_what_was_begun(self, eng, monkeypatch):
        fill_rows(get_shop(), 20, name="甲", size="1")
        services.publish_bundle(eng, shop_files(NUMBER))

        def publish_between(context, done, total):
            if live_version() == 1:
                services.publish_bundle(eng, shop_files({**TEXT, "note": "{label: {zh: 备注}}"}))

        monkeypatch.setattr(JobContext, "progress", publish_between)
        run_due()

        assert (live_version(), get_shop().fields["size"].kind) == (3, "text")
        assert RecordChange.objects.get().phase == "cancelled"
        assert not list_triggers()
        assert FieldColumn.objects.filter(key="size", state="erased").count() == 1

    def test_a_cancelled_job_leaves_everything_as_it_was(self, eng):
        fill_rows(get_shop(), 5, name="甲", size="1")
        services.publish_bundle(eng, shop_files(NUMBER))

        cancel_job(eng, Job.objects.get(kind="records.prepare").pk)

        assert RecordChange.objects.get().phase == "cancelled"
        run_due()
        assert live_version() == 1

    def test_a_field_goes_back_over_a_large_table(self, eng):
        fill_rows(get_shop(), 20, name="甲", size=lambda at: f"0{at}")
        written = read_all(get_shop(), "size")
        services.publish_bundle(eng, shop_files(NUMBER))
        run_due()

        services.publish_bundle(eng, shop_files(TEXT))
        run_due()

        assert (live_version(), read_all(get_shop(), "size")) == (3, written)

    def test_a_field_goes_there_and_back_twice_over_a_large_table(self, eng):
        fill_rows(get_shop(), 20, name="甲", size=lambda at: f"0{at}")
        written = read_all(get_shop(), "size")

        for files in (NUMBER, TEXT, NUMBER, TEXT):
            services.publish_bundle(eng, shop_files(files))
            run_due()

        assert (live_version(), read_all(get_shop(), "size")) == (5, written)

    def test_indexes_are_built_before_a_list_may_use_them(self, eng):
        fill_rows(get_shop(), 5, name="甲", size="1")
        fields = {**TEXT, "seen": "{label: {zh: 巡查}, kind: date}"}

        services.publish_bundle(eng, shop_files(fields, view="filters: [size]\norder: [-seen]\n"))
        assert live_version() == 1
        run_due()

        assert live_version() == 2
        bundle = services.snapshot().bundles["demo"]
        wanted = {one.name for one in tables.list_indexes(bundle, get_shop())}
        assert wanted <= columns.read_indexes(get_shop().table)
        assert RecordChange.objects.get().phase == "done"

    def test_a_retyped_field_is_indexed_before_lists_walk_by_it(self, eng):
        fill_rows(get_shop(), 9, name="甲", size=lambda at: f"{at}")
        services.publish_bundle(eng, shop_files(NUMBER, view="order: [-size]\n"))

        run_due()

        shop = get_shop()
        found = tables.list_indexes(services.snapshot().bundles["demo"], shop)
        assert (f"-{shop.fields['size'].column}", "-id") in [one.columns for one in found]
        assert {one.name for one in found} <= columns.read_indexes(shop.table)

    def test_a_key_over_repeated_values_fails_with_a_sentence(self, eng):
        fill_rows(get_shop(), 6, name="甲", size=lambda at: str(at // 2))

        services.publish_bundle(eng, shop_files(TEXT, head="key: [size]"))
        (job,) = run_due()

        assert (job.state, job.error_code) == ("failed", "records.key.repeated")
        assert live_version() == 1

    def test_a_link_to_a_new_entity_comes_with_its_version(self, eng):
        fill_rows(get_shop(), 3, name="甲")
        files = shop_files({**TEXT, "street": "{label: {zh: 街}, kind: link, to: street}"})
        files["entities/street.yaml"] = (
            "entity: street\ntitle: {zh: 街}\ntitled_by: name\nfields:\n  name: {label: {zh: 名}}\n"
        )

        services.publish_bundle(eng, files)
        run_due()

        assert live_version() == 2

    def test_adding_hiding_renaming_and_bringing_back_needs_no_job(self, eng):
        fill_rows(get_shop(), 3, name="甲", size="1")
        renamed = {"extent": "{label: {zh: 规模}, was: size}"}

        for fields in ({}, TEXT, {**TEXT, "note": "{label: {zh: 备注}}"}, renamed):
            services.publish_bundle(eng, shop_files(fields))

        assert live_version() == 5
        assert read_all(get_shop(), "extent") == ["1", "1", "1"]
        assert not RecordChange.objects.exists()


@pytest.mark.django_db
def test_a_record_is_read_through_the_door_after_its_field_changed(town, large):
    desk = town.desk("eng")
    made = services.create_record(desk, "demo.shop", {"name": "甲", "size": "12.5"})
    services.publish_bundle(town.people["eng"], shop_files(NUMBER))
    run_due()

    found = services.get_record(town.desk("eng"), "demo.shop", made.id)

    assert found.values["size"] == Decimal("12.50")
