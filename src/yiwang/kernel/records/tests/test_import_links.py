"""A sheet whose key is a link, with more names than are searched for at once."""

from __future__ import annotations

from yiwang.kernel.records import services
from yiwang.kernel.records.services import resolving
from yiwang.kernel.records.services.importing import plan_import

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
