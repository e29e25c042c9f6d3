"""What sheets name, links and people, is looked up together."""

from __future__ import annotations

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services
from yiwang.kernel.records.services import resolving
from yiwang.kernel.records.services.importing import plan_import
from yiwang.kernel.ui.tests.counting import assert_constant_queries

from .intake import INTAKE
from .shops import make_town
from .towns import VIEWED


def test_every_name_in_a_key_is_looked_for(db):
    keyed = VIEWED["entities/shop.yaml"].replace("key: [credit_code]", "key: [community, name]")
    town = make_town({**VIEWED, "entities/shop.yaml": keyed})
    desk, many = town.desk("eng"), resolving.SEARCHED + 1
    names = [{"code": f"c{at}", "name": f"n{at}"} for at in range(many)]
    services.add_records(desk, "demo.community", names)
    rows = [{"名称": "店", "类别": "餐饮", "所属社区": one["name"]} for one in names]

    found = plan_import(desk, "demo.shop", rows, update=True)

    assert not found.problems
    assert found.count("create") == many


def test_people_are_looked_up_together_by_every_way_to_write_them(db):
    desk = make_town(INTAKE).desk("eng")
    rows = [visit("p0 姓名"), visit("p0"), visit("某人 (p0)"), visit("nobody")]
    add_person("p0")

    def ask():
        return plan_import(desk, "intake.visit", rows, update=False)

    def add_more():
        for at in range(1, 6):
            add_person(f"p{at}")
            rows.extend((visit(f"p{at} 姓名"), visit(f"某人 (p{at})")))

    ask()
    assert_constant_queries("records.import.people", ask, add_more)
    found = ask()
    assert [one.row for one in found.problems] == [5]
    assert [one["visitor"] for one in found.added] == [
        identity.find_account(name).id
        for name in ["p0"] * 3 + [f"p{at}" for at in range(1, 6) for _ in range(2)]
    ]


def visit(who):
    return {"店铺名称": "店", "类别": "餐饮", "走访人": who}


def add_person(name):
    identity.create_account(SYSTEM, name=name, full_name=f"{name} 姓名", organization_code="B01")
