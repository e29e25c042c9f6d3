"""Changes of large tables while everybody works on. 在线变更测试。"""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, transaction

from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.records import services
from yiwang.kernel.records.models import FieldColumn, RecordChange
from yiwang.kernel.records.services import tables
from yiwang.kernel.records.services.tables.running import run

from .changed import (
    NUMBER,
    TEXT,
    fill_rows,
    get_shop,
    list_triggers,
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


def test_declarations_read_while_a_publishing_commits_are_of_one_version(eng, monkeypatch):
    services.publish_bundle(eng, shop_files({**TEXT, "more": "{label: {zh: 更多}}"}))
    module = import_module("yiwang.kernel.records.services.snapshot")
    load = module.load_layout

    def load_late(bundle):
        monkeypatch.setattr(module, "load_layout", load)
        services.publish_bundle(eng, shop_files(TEXT))
        return load(bundle)

    monkeypatch.setattr(module, "load_layout", load_late)
    monkeypatch.setattr(module, "_last", module._EMPTY)

    assert {key: bool(one.column) for key, one in get_shop().fields.items()} == {
        "name": True,
        "size": True,
    }


class TestSmallTables:
    """Where few rows stand a field changes its kind as it is published. 小表。"""

    def test_values_are_turned_at_once(self, eng):
        fill_rows(get_shop(), 3, name="甲", size=lambda at: f"{at}.5")

        services.publish_bundle(eng, shop_files(NUMBER))

        assert read_all(get_shop(), "size") == [50, 150, 250]
        assert not RecordChange.objects.exists()

    def test_a_value_that_is_none_of_the_kind_is_named_and_nothing_changes(self, eng):
        fill_rows(get_shop(), 2, name="甲", size=lambda at: ["12", "很大"][at])
        before = get_shop()

        with pytest.raises(Conflict) as refused:
            services.publish_bundle(eng, shop_files(NUMBER))

        assert refused.value.code == "records.retype.refused"
        assert refused.value.extra["examples"] == "很大"
        assert get_shop() == before
        assert not list_triggers()

    def test_personal_values_are_named_with_stars(self, eng):
        phone = "{label: {zh: 电话}, element: mobile_phone}"
        services.publish_bundle(eng, shop_files({"size": phone}))
        fill_rows(get_shop(), 1, name="甲", size="1381234567X")

        with pytest.raises(Conflict) as refused:
            services.publish_bundle(
                eng, shop_files({"size": "{label: {zh: 电话}, kind: date, element: birth_date}"})
            )

        assert "1381234567X" not in refused.value.detail
        assert "*" in refused.value.detail

    def test_a_field_is_renamed_and_retyped_at_once(self, eng):
        fill_rows(get_shop(), 1, name="甲", size="7")
        moved = "{label: {zh: 面积}, kind: integer, was: size}"

        services.publish_bundle(eng, shop_files({"area": moved}))

        assert read_all(get_shop(), "area") == [7]

    def test_going_back_finds_the_values_as_they_were_written(self, eng):
        fill_rows(get_shop(), 2, name="甲", size=lambda at: ["007", "8"][at])
        services.publish_bundle(eng, shop_files(NUMBER))
        column = get_shop().fields["size"].column
        run(f"UPDATE {get_shop().table} SET {column} = 950 WHERE {column} = 800")

        services.publish_bundle(eng, shop_files(TEXT))

        assert read_all(get_shop(), "size") == ["007", "9.50"]

    def test_there_and_back_and_there_again_one_column_serves(self, eng):
        fill_rows(get_shop(), 2, name="甲", size=lambda at: ["007", "8"][at])

        for files in (NUMBER, TEXT, NUMBER, TEXT):
            services.publish_bundle(eng, shop_files(files))

        assert read_all(get_shop(), "size") == ["007", "8"]
        assert FieldColumn.objects.filter(key="size").count() == 2

    def test_a_program_of_the_version_before_loses_nothing(self, eng):
        fill_rows(get_shop(), 1, name="甲", size="1")
        old = get_shop()
        services.publish_bundle(eng, shop_files(NUMBER))

        add_row(old, "zz", name="乙", size="2.5")

        assert read_all(get_shop(), "size") == [100, 250]
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            add_row(old, "zzz", name="丙", size="多")
        told = tables.explain_violation(old, refused.value)
        assert told.code == "records.field.changing"

    def test_some_time_after_the_switch_the_trigger_goes(self, eng):
        fill_rows(get_shop(), 1, name="甲", size="1")
        services.publish_bundle(eng, shop_files(NUMBER))
        assert list_triggers()

        with use_time(now() + timedelta(minutes=11)):
            run_due()

        assert not list_triggers()

    def test_after_going_back_texts_are_free_again(self, eng):
        fill_rows(get_shop(), 1, name="甲", size="1")
        services.publish_bundle(eng, shop_files(NUMBER))
        services.publish_bundle(eng, shop_files(TEXT))

        add_row(get_shop(), "zz", name="乙", size="很大")

        assert read_all(get_shop(), "size") == ["1", "很大"]

    def test_fields_that_do_not_tell_records_apart_cannot_become_the_key(self, eng):
        fill_rows(get_shop(), 4, name="甲", size=lambda at: str(at // 2))

        with pytest.raises(Conflict) as refused:
            services.publish_bundle(eng, shop_files(TEXT, head="key: [size]"))

        assert (refused.value.code, refused.value.extra["count"]) == ("records.key.repeated", 2)
