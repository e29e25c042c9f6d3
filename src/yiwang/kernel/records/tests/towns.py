"""The app of the shops with a view of every kind, for tests of pages. 页面测试应用。"""

from __future__ import annotations

from .shops import SHOPS

VIEWED = {
    **SHOPS,
    "views/shops.yaml": """
view: shops
entity: shop
title: {zh: 商户, en: Shops}
help: {zh: 沿街商户登记册, en: The register of shops}
columns: [name, kind, community, phone, area, opened, licensed]
filters: [kind, community, opened, licensed, area]
order: [-opened]
""",
    "views/stages.yaml": """
view: stages
entity: shop
title: {zh: 看板, en: Board}
kind: board
by: kind
columns: [name, community, area]
filters: [community]
""",
    "views/months.yaml": """
view: months
entity: shop
title: {zh: 日历, en: Calendar}
kind: calendar
since: opened
columns: [name]
""",
    "views/lines.yaml": """
view: lines
entity: shop
title: {zh: 时间线, en: Timeline}
kind: timeline
since: opened
columns: [name]
""",
    "views/points.yaml": """
view: points
entity: shop
title: {zh: 点位, en: Points}
kind: map
at: place
columns: [name, kind, community]
""",
}
