"""Rows are put right after something else made them wrong; what has expired goes. 行数据维护测试。"""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import use_time
from yiwang.kernel.base.errors import NotFound, NotPermitted
from yiwang.kernel.files.models import FileRow
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.records import services
from yiwang.kernel.records.models import FieldColumn, RecordChange
from yiwang.kernel.records.services import tables
from yiwang.kernel.records.services.expiring import expire_records, years_before
from yiwang.kernel.records.services.tables import batches
from yiwang.kernel.records.services.tables.columns import read_indexes
from yiwang.kernel.records.services.tables.upkeep import run_upkeep

from .changed import NUMBER, TEXT, get_shop, read_all, shop_files
from .shops import make_town


@pytest.fixture(autouse=True)
def steps(monkeypatch):
    """Tables are walked in small steps."""
    monkeypatch.setattr(batches, "LEAST", 2)
    monkeypatch.setattr(batches, "MOST", 3)
    monkeypatch.setattr(batches, "PAUSE_AT_LEAST", 0.0)


@pytest.fixture
def town(db):
    return make_town(shop_files(TEXT))


def make(town, count=1, organization="", **values):
    desk = town.desk("eng")
    return [
        services.create_record(
            desk, "demo.shop", {"name": f"店{at}", **values}, organization=organization
        ).id
        for at in range(count)
    ]


def read_levels():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT r1, r2, r3, r4, r5 FROM {get_shop().table} ORDER BY id")
        return cursor.fetchall()


class TestLevels:
    def test_records_move_with_their_organization(self, town):
        make(town, 5, "S01")
        make(town, 2, "C01")
        make(town, 1, "S02")
        identity.create_organization(
            SYSTEM, code="Q02", name="西区", parent_code="B01", kind="district"
        )

        identity.update_organization(SYSTEM, "S01", parent_code="Q02")
        run_due()

        assert read_levels() == [
            *[("B01", "Q02", "S01", None, None)] * 5,
            *[("B01", "Q02", "S01", "C01", None)] * 2,
            ("B01", "Q01", "S02", None, None),
        ]
        change = RecordChange.objects.get()
        assert (change.phase, change.total) == ("done", 8)

    def test_a_sheet_that_moves_organizations_moves_their_records(self, town):
        make(town, 2, "S01")

        identity.import_organizations(SYSTEM, [{"机构代码": "S01", "上级代码": "B01"}])
        run_due()

        assert read_levels() == [("B01", "S01", None, None, None)] * 2

    def test_a_second_move_ends_the_pass_that_the_first_began(self, town):
        make(town, 2, "S01")

        identity.update_organization(SYSTEM, "S01", parent_code="D01")
        identity.update_organization(SYSTEM, "S01", parent_code="B01")
        run_due()

        assert read_levels() == [("B01", "S01", None, None, None)] * 2
        phases = list(RecordChange.objects.order_by("created_at").values_list("phase", flat=True))
        assert phases == ["cancelled", "done"]

    def test_a_pass_that_was_broken_off_goes_on(self, town):
        make(town, 9, "S01")
        identity.update_organization(SYSTEM, "S01", parent_code="B01")
        run_due(limit=1)
        change = RecordChange.objects.get()

        class Killed(BaseException):
            pass

        def kill(done, total):
            if done > 4:
                raise Killed

        with pytest.raises(Killed):
            run_upkeep(change, kill)
        again = RecordChange.objects.get()
        assert again.cursor
        run_upkeep(again, lambda done, total: None)

        assert read_levels() == [("B01", "S01", None, None, None)] * 9


class TestComputed:
    def fields(self, formula):
        return {
            "staff": "{label: {zh: 数量}, kind: integer}",
            "total": f"{{label: {{zh: 合计}}, kind: integer, computed: {formula}}}",
        }

    def test_a_new_formula_holds_for_old_records(self, town):
        eng = town.people["eng"]
        services.publish_bundle(eng, shop_files(self.fields("staff * 2")))
        make(town, 7, staff=3)

        services.publish_bundle(eng, shop_files(self.fields("staff * 5")))
        run_due()

        assert read_all(get_shop(), "total") == [15] * 7
        assert RecordChange.objects.get().operation == "recompute"

    def test_a_field_that_comes_to_be_computed_is_so_for_all(self, town):
        eng = town.people["eng"]
        services.publish_bundle(eng, shop_files({"staff": self.fields("staff")["staff"]}))
        make(town, 4, staff=3)

        services.publish_bundle(eng, shop_files(self.fields("staff + 1")))
        run_due()

        assert read_all(get_shop(), "total") == [4] * 4

    def test_the_same_formula_is_not_worked_out_again(self, town):
        eng = town.people["eng"]
        services.publish_bundle(eng, shop_files(self.fields("staff * 2")))
        make(town, 1, staff=3)

        services.publish_bundle(eng, shop_files({**self.fields("staff * 2"), **TEXT}))

        assert not RecordChange.objects.exists()


class TestHistory:
    def test_what_was_written_before_a_field_changed_its_kind_is_still_told(self, town):
        (pk,) = make(town, size="12.5")
        services.publish_bundle(town.people["eng"], shop_files(NUMBER))
        desk = town.desk("eng")

        (line,) = services.list_history(desk, "demo.shop", pk)

        assert str(line.after["size"]) == "12.50"

    def test_a_record_removed_before_comes_back_with_its_values(self, town):
        (pk,) = make(town, size="12.5")
        desk = town.desk("eng")
        services.remove_record(desk, "demo.shop", pk, rev=1)
        services.publish_bundle(town.people["eng"], shop_files(NUMBER))

        found = services.restore_record(town.desk("eng"), "demo.shop", pk)

        assert str(found.values["size"]) == "12.50"

    def test_there_and_back_every_line_is_told(self, town):
        eng = town.people["eng"]
        (pk,) = make(town, size="1")
        for number, files in enumerate((NUMBER, TEXT), 1):
            services.publish_bundle(eng, shop_files(files))
            value = "7" if files is NUMBER else "八"
            services.update_record(town.desk("eng"), "demo.shop", pk, {"size": value}, rev=number)

        told = [
            one.after["size"] for one in services.list_history(town.desk("eng"), "demo.shop", pk)
        ]

        assert told == ["八", "7.00", "1"]


RETENTION = "retention: {years: 5, since: opened}"
OPENED = {"opened": "{label: {zh: 开业}, kind: date}"}


class TestRetention:
    def day(self, text):
        from datetime import datetime

        return use_time(datetime.fromisoformat(f"{text}T12:00:00+08:00"))

    def test_a_record_goes_on_the_day_on_which_its_time_ends(self, town):
        services.publish_bundle(town.people["eng"], shop_files(OPENED, head=RETENTION))
        (early,) = make(town, opened=date(2026, 3, 1))
        (late,) = make(town, opened=date(2026, 3, 2))
        make(town)

        with self.day("2031-02-28"):
            assert expire_records() == 0
        with self.day("2031-03-01"):
            assert expire_records() == 1

        desk = town.desk("eng")
        with pytest.raises(NotFound):
            services.get_record(desk, "demo.shop", early)
        assert services.get_record(desk, "demo.shop", late)
        act = ActRow.objects.get(verb="records.expire")
        assert act.details == {"records": 1, "removed": 0}

    def test_its_history_goes_too_also_that_of_a_removed_one(self, town):
        services.publish_bundle(town.people["eng"], shop_files(TEXT, head="retention: {years: 5}"))
        (one,) = make(town, size="secret")
        (gone,) = make(town, size="secret")
        services.remove_record(town.desk("eng"), "demo.shop", gone, rev=1)

        with self.day("2040-01-01"):
            assert expire_records() == 2

        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {get_shop().table}_h")
            assert cursor.fetchone() == (0,)
        del one

    def test_a_record_to_which_another_points_stays_until_that_one_goes(self, town):
        link = {"above": "{label: {zh: 上级}, kind: link, to: shop}", **OPENED}
        services.publish_bundle(town.people["eng"], shop_files(link, head=RETENTION))
        (one,) = make(town, opened=date(2020, 1, 1))
        make(town, above=one, opened=date(2030, 1, 1))

        with self.day("2031-01-01"):
            assert expire_records() == 0
        with self.day("2035-01-02"):
            assert expire_records() == 2

    def test_a_hidden_link_holds_nothing(self, town):
        link = {"above": "{label: {zh: 上级}, kind: link, to: shop}"}
        eng = town.people["eng"]
        services.publish_bundle(eng, shop_files(link))
        (one,) = make(town)
        make(town, above=one)
        services.publish_bundle(eng, shop_files(TEXT))

        services.remove_record(town.desk("eng"), "demo.shop", one, rev=1)

        assert FieldColumn.objects.get(key="above").state == "hidden"

    def test_files_are_destroyed_with_their_record(self, town):
        photos = {"photos": "{label: {zh: 照片}, kind: files, types: [image/png]}"}
        services.publish_bundle(
            town.people["eng"], shop_files(photos, head="retention: {years: 1}")
        )
        desk = town.desk("eng")
        upload = SimpleUploadedFile("a.png", BytesIO(PNG).read(), "image/png")
        kept = services.keep_upload(desk, "demo.shop", "photos", upload)
        services.create_record(desk, "demo.shop", {"name": "甲", "photos": [kept]})

        with self.day("2040-01-01"):
            expire_records()

        assert not FileRow.objects.exists()

    def test_searched_words_go_with_it(self, town):
        head = "search: [name]\nretention: {years: 1}"
        services.publish_bundle(town.people["eng"], shop_files(TEXT, head=head))
        make(town)

        with self.day("2040-01-01"):
            expire_records()

        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {get_shop().table}_w")
            assert cursor.fetchone() == (0,)

    def test_a_leap_day_ends_on_the_last_of_february(self):
        assert years_before(date(2028, 2, 29), 3) == date(2025, 2, 28)


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8ffff3f0005fe02fea72d1f920000000049454e44ae426082"
)


class TestErasing:
    def hide(self, town):
        services.publish_bundle(town.people["eng"], shop_files({"note": "{label: {zh: 备注}}"}))

    def test_hidden_values_are_erased_in_table_and_history(self, town):
        pks = make(town, 5, size="secret")
        services.remove_record(town.desk("eng"), "demo.shop", pks[0], rev=1)
        column = get_shop().fields["size"].column
        self.hide(town)

        services.erase_hidden(town.people["eng"], "demo.shop", "size", reason="不再需要")
        run_due()

        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count({column}) FROM {get_shop().table}")
            assert cursor.fetchone() == (0,)
            cursor.execute(f"SELECT count(*) FROM {get_shop().table}_h WHERE diff LIKE '%secret%'")
            assert cursor.fetchone() == (0,)
        assert not services.list_hidden(town.people["eng"])

    def test_a_field_that_comes_back_after_that_begins_empty(self, town):
        make(town, size="old")
        self.hide(town)
        services.erase_hidden(town.people["eng"], "demo.shop", "size", reason="不再需要")

        services.publish_bundle(town.people["eng"], shop_files(TEXT))
        run_due()

        assert read_all(get_shop(), "size") == [None]

    def test_what_is_in_use_is_not_erased(self, town):
        make(town, size="kept")

        with pytest.raises(NotFound):
            services.erase_hidden(town.people["eng"], "demo.shop", "size", reason="误")

        assert read_all(get_shop(), "size") == ["kept"]

    def test_erasing_is_for_those_who_publish(self, town):
        self.hide(town)

        with pytest.raises(NotPermitted):
            services.erase_hidden(town.people["mayor"], "demo.shop", "size", reason="好奇")


class TestIndexesKept:
    def test_what_no_list_asks_for_any_more_goes_at_night(self, town):
        eng = town.people["eng"]
        services.publish_bundle(eng, shop_files(TEXT, view="order: [-size]\n"))
        services.publish_bundle(eng, shop_files(TEXT))
        bundle = services.snapshot().bundles["demo"]

        dropped = tables.drop_unwanted(bundle, get_shop())
        tables.refresh_statistics(get_shop())

        wanted = {one.name for one in tables.list_indexes(bundle, get_shop())}
        assert dropped
        assert read_indexes(get_shop().table) == wanted
