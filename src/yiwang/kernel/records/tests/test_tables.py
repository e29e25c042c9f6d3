"""Tables of declared entities: layout, indexes, violations. 物理布局测试。"""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.records import services
from yiwang.kernel.records.models import EntityTable, FieldColumn
from yiwang.kernel.records.services import tables
from yiwang.kernel.records.services.tables import rebuilding
from yiwang.kernel.records.types import Grant

from .changed import NUMBER, TEXT, shop_files
from .shops import make_town
from .tabled import (
    add_row,
    drop_tables,
    lay,
    make_bundle,
    make_entity,
    make_field,
    make_view,
    read_column,
)

NAME, AREA = make_field("name"), make_field("area", "number", decimals=2)


def columns_of(table):
    with connection.cursor() as cursor:
        return {one.name for one in connection.introspection.get_table_description(cursor, table)}


def indexes_of(table):
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, table))


@pytest.mark.django_db
class TestLayout:
    def test_an_entity_gets_a_table_with_a_column_for_each_field(self):
        shop = lay(make_bundle(make_entity("shop", NAME, AREA))).entities["demo.shop"]

        assert shop.table == f"r_{shop.id}"
        assert {shop.fields["name"].column, shop.fields["area"].column} < columns_of(shop.table)
        assert {"id", "rev", "org", "owner", "r1", "r5", "case_id"} < columns_of(shop.table)
        assert "diff" in columns_of(f"{shop.table}_h")

    def test_what_was_published_is_found_again_with_its_names(self, django_assert_num_queries):
        bundle = make_bundle(make_entity("shop", NAME, AREA), make_entity("street", NAME))
        laid = lay(bundle)

        with django_assert_num_queries(1):
            assert tables.load_layout(bundle) == laid

    def test_publishing_the_same_again_changes_no_table(self):
        bundle = make_bundle(make_entity("shop", NAME, AREA))
        first = lay(bundle)

        assert lay(bundle, first) == first
        assert FieldColumn.objects.count() == 2

    def test_entities_may_point_at_each_other_in_a_circle(self):
        shop = make_entity("shop", NAME, make_field("street", "link", to="demo.street"))
        street = make_entity("street", NAME, make_field("best", "link", to="demo.shop"))
        laid = lay(make_bundle(shop, street))
        shop, street = laid.entities["demo.shop"], laid.entities["demo.street"]
        add_row(shop, "a", name="甲")
        add_row(street, "s", name="一街", best="a")

        with pytest.raises(IntegrityError), transaction.atomic():
            add_row(shop, "b", name="乙", street="no such street")
        add_row(shop, "c", name="丙", street="s")

    def test_an_entity_may_point_at_itself_and_a_link_may_come_later(self):
        bundle = make_bundle(make_entity("unit", NAME))
        laid = lay(bundle)
        add_row(laid.entities["demo.unit"], "a", name="甲")
        more = make_bundle(make_entity("unit", NAME, make_field("above", "link", to="demo.unit")))
        unit = lay(more, laid).entities["demo.unit"]

        add_row(unit, "b", name="乙", above="a")

        assert read_column(unit, "above") == {"a": None, "b": "a"}

    def test_a_link_to_an_unknown_entity_is_refused(self):
        bundle = make_bundle(make_entity("shop", NAME, make_field("x", "link", to="other.thing")))

        with pytest.raises(Conflict) as refused:
            lay(bundle)

        assert refused.value.code == "records.link.unknown"

    def test_an_entity_that_went_is_retired_and_comes_back_with_its_rows(self):
        both = make_bundle(make_entity("shop", NAME), make_entity("street", NAME))
        laid = lay(both)
        add_row(laid.entities["demo.street"], "s", name="一街")
        one = make_bundle(make_entity("shop", NAME))

        without = lay(one, laid)
        assert EntityTable.objects.get(code="demo.street").retired_at
        again = lay(both, without)

        assert EntityTable.objects.get(code="demo.street").retired_at is None
        assert read_column(again.entities["demo.street"], "name") == {"s": "一街"}


@pytest.mark.django_db
class TestFields:
    def publish(self, *fields, before=None):
        return lay(make_bundle(make_entity("shop", NAME, *fields)), before)

    def shop(self, bundle):
        return bundle.entities["demo.shop"]

    def test_a_renamed_field_keeps_its_column(self):
        first = self.publish(AREA)
        renamed = replace(AREA, key="size", was="area")

        second = self.publish(renamed, before=first)

        assert self.shop(second).fields["size"].column == self.shop(first).fields["area"].column

    def test_files_that_keep_saying_what_a_field_was_rename_once(self):
        first = self.publish(make_field("a"), make_field("b"))
        swapped = (make_field("a", was="b"), make_field("b", was="a"))

        second = self.publish(*swapped, before=first)
        third = self.publish(*swapped, before=second)

        old, new = self.shop(first).fields, self.shop(second).fields
        assert (new["a"].column, new["b"].column) == (old["b"].column, old["a"].column)
        assert third == second

    def test_a_name_taken_over_hides_the_field_that_had_it(self):
        first = self.publish(make_field("a"), make_field("b"))

        second = self.publish(make_field("b", was="a"), before=first)

        assert self.shop(second).fields["b"].column == self.shop(first).fields["a"].column
        gone = FieldColumn.objects.get(pk=self.shop(first).fields["b"].column[1:])
        assert (gone.key, gone.state) == ("b", "hidden")

    def test_a_field_that_comes_back_finds_its_values(self):
        first = self.publish(AREA)
        add_row(self.shop(first), "a", name="甲", area=1250)

        hidden = self.publish(before=first)
        third = self.publish(AREA, before=hidden)

        assert "area" not in self.shop(hidden).fields
        assert read_column(self.shop(third), "area") == {"a": 1250}

    def test_a_field_that_comes_back_as_another_kind_starts_empty(self):
        first = self.publish(AREA)
        add_row(self.shop(first), "a", name="甲", area=1250)

        third = self.publish(make_field("area"), before=self.publish(before=first))

        assert read_column(self.shop(third), "area") == {"a": None}

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (make_field("x"), make_field("x", "longtext")),
            (make_field("x", "choice"), make_field("x", "text")),
            (make_field("x", "date"), make_field("x", "text")),
            (make_field("x", "integer"), make_field("x", "number")),
            (make_field("x", "boolean"), make_field("x", "integer")),
        ],
    )
    def test_kinds_that_are_stored_alike_share_the_column(self, old, new):
        first = self.publish(old)

        second = self.publish(new, before=first)

        assert self.shop(second).fields["x"].column == self.shop(first).fields["x"].column
        assert FieldColumn.objects.get(key="x").kind == new.kind

    def test_metadata_and_tables_are_rolled_back_together(self):
        first = self.publish()
        before = columns_of(self.shop(first).table)

        with pytest.raises(RuntimeError), transaction.atomic():
            laid = self.publish(AREA, before=first)
            lay(make_bundle(make_entity("street", NAME), *laid.entities.values()), laid)
            raise RuntimeError

        assert columns_of(self.shop(first).table) == before
        assert list(EntityTable.objects.values_list("code", flat=True)) == ["demo.shop"]
        assert FieldColumn.objects.count() == 1


@pytest.mark.django_db
class TestIndexes:
    def test_lists_get_an_index_for_their_order_and_one_behind_each_level(self):
        entity = make_entity("shop", NAME, AREA, make_field("kind", "choice"))
        view = make_view("shops", "shop", order=("-area",), filters=("kind",))
        granted = {
            "demo.shop": tuple(
                Grant(frozenset(), frozenset(), rows=rows) for rows in ("own", "mine")
            )
        }
        bundle = lay(replace(make_bundle(entity, views=(view,)), grants=granted))
        shop = bundle.entities["demo.shop"]

        found = tables.list_indexes(bundle, shop)

        area, kind = shop.fields["area"].column, shop.fields["kind"].column
        shapes = [one.columns for one in found]
        assert (f"-{area}", "-id") in shapes
        assert ("r3", f"-{area}", "-id") in shapes
        assert (kind, f"-{area}", "-id") in shapes
        assert ("owner", f"-{area}", "-id") in shapes
        assert {one.name for one in found} <= indexes_of(shop.table)
        assert tables.indexed_fields(bundle, shop) == {"area", "kind"}

    def test_an_ascending_order_is_the_same_index_walked_backward(self):
        entity = make_entity("shop", NAME)
        views = (make_view("a", "shop", order=("name",)), make_view("b", "shop", order=("-name",)))
        bundle = lay(make_bundle(entity, views=views))
        shop = bundle.entities["demo.shop"]

        names = [one.columns for one in tables.list_indexes(bundle, shop)]

        assert len(names) == len(set(names))
        assert len([one for one in names if one[0] == f"-{shop.fields['name'].column}"]) == 1

    def test_a_table_never_has_more_than_its_share_and_says_which_fields_have_one(self):
        fields = [make_field(f"f{number}") for number in range(40)]
        view = make_view("v", "shop", filters=tuple(one.key for one in fields))
        bundle = lay(make_bundle(make_entity("shop", *fields), views=(view,)))
        shop = bundle.entities["demo.shop"]

        found = tables.list_indexes(bundle, shop)

        assert len(found) == 24
        named = {one.columns[0].removeprefix("-") for one in found}
        assert {shop.fields[key].column for key in tables.indexed_fields(bundle, shop)} <= named

    def test_an_index_is_there_once_a_view_asks_for_it(self):
        first = lay(make_bundle(make_entity("shop", NAME)))
        view = make_view("v", "shop", filters=("name",))
        second = lay(make_bundle(make_entity("shop", NAME), views=(view,)), first)
        shop = second.entities["demo.shop"]

        assert {one.name for one in tables.list_indexes(second, shop)} <= indexes_of(shop.table)


@pytest.mark.django_db
class TestViolations:
    def refuse(self, entity, *args, **values):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            add_row(entity, *args, **values)
        return tables.explain_violation(entity, refused.value)

    def test_a_key_that_is_taken_is_named_by_its_fields_and_no_value(self):
        entity = make_entity(
            "shop",
            NAME,
            make_field("code"),
            make_field("no"),
            key=("code", "no"),
            unique=(("name",),),
        )
        shop = lay(make_bundle(entity)).entities["demo.shop"]
        add_row(shop, "a", name="甲", code="秘密", no="1")

        taken = self.refuse(shop, "b", name="乙", code="秘密", no="1")
        named = self.refuse(shop, "c", name="甲", code="秘密", no="2")

        assert (taken.code, taken.extra["fields"]) == ("records.key.taken", ["code", "no"])
        assert named.extra["fields"] == ["name"]
        assert "秘密" not in taken.detail

    def test_records_without_the_whole_key_do_not_collide(self):
        entity = make_entity("shop", NAME, make_field("code"), key=("name", "code"))
        shop = lay(make_bundle(entity)).entities["demo.shop"]

        add_row(shop, "a", name="甲")
        add_row(shop, "b", name="甲")

    def test_a_key_that_no_longer_holds_refuses_nobody(self):
        first = lay(make_bundle(make_entity("shop", NAME, key=("name",))))
        shop = lay(make_bundle(make_entity("shop", NAME)), first).entities["demo.shop"]

        add_row(shop, "a", name="甲")
        add_row(shop, "b", name="甲")

    def test_an_id_used_twice_and_a_link_to_nothing_are_told_apart(self):
        entity = make_entity("shop", NAME, make_field("next", "link", to="demo.shop"))
        shop = lay(make_bundle(entity)).entities["demo.shop"]
        add_row(shop, "a", name="甲")

        assert self.refuse(shop, "a", name="乙").extra["fields"] == ["_id"]
        assert self.refuse(shop, "b", name="乙", next="z").code == "records.link.broken"


@pytest.mark.on_postgresql  # Nodes move to PostgreSQL only.
@pytest.mark.django_db
class TestRebuilding:
    """What moving and restoring make anew takes all rows, also of what is no longer declared."""

    def test_every_table_takes_its_rows_again(self):
        eng = make_town(shop_files(TEXT, head="search: [name]")).people["eng"]
        old = services.snapshot().entities["demo.shop"]
        add_row(old, "a", name="甲", size="1.5")
        more = shop_files({**NUMBER, "next": "{label: {zh: 下一}, kind: link, to: shop}"})
        services.publish_bundle(eng, more)
        gone = shop_files({"next": "{label: {zh: 下一}, kind: link, to: shop}"}, head="key: [name]")
        shop = services.publish_bundle(eng, gone).entities["demo.shop"]
        add_row(shop, "b", name="乙", next="a")
        names = [shop.table, f"{shop.table}_h", f"{shop.table}_w"]
        held = {name: read_table(name) for name in names}
        drop_tables()

        rebuilding.make_empty()
        for name in names:
            put_table(name, held[name])
        rebuilding.finish()

        assert {name: read_table(name) for name in names} == held
        bundle = services.snapshot().bundles["demo"]
        assert {one.name for one in tables.list_indexes(bundle, shop)} <= indexes_of(shop.table)
        with pytest.raises(IntegrityError), transaction.atomic():
            add_row(shop, "c", name="丙", next="nobody")


def read_table(name):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name} ORDER BY 1")
        columns = [one.name for one in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def put_table(name, rows):
    for row in rows:
        marks = ", ".join(["%s"] * len(row))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", list(row.values())
            )
