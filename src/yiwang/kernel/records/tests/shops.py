"""Two communities with shops, and people who see different parts of them. 测试城市。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services
from yiwang.kernel.records.services import Desk
from yiwang.kernel.records.types import Record

from .files import FILES

SHOPS = {
    **FILES,
    "permissions.yaml": """
permissions:
  - roles: [engineer]
    may: [see, create, edit, remove, export, import, history, reveal]
    rows: all
  - roles: [director]
    may: [see, export]
    on: [shop]
    rows: all
    clear: [keeper, phone, members]
  - roles: [steward]
    may: [see, create, edit, export, history]
    rows: own
  - roles: [viewer]
    may: [see]
    on: [shop]
    where: "kind = 'food'"
    hide: [rent, total]
""",
}
PASSWORD = "Rain-on-the-roof-7"
SINCE = datetime(2026, 1, 5, tzinfo=UTC)
ORGANIZATIONS = (
    ("B01", "市数据局", "bureau", ""),
    ("Q01", "东区", "district", "B01"),
    ("D01", "市商务局", "department", "B01"),
    ("S01", "东街道", "street", "Q01"),
    ("C01", "东风社区", "community", "S01"),
    ("S02", "西街道", "street", "Q01"),
)
PEOPLE = {
    "eng": ("engineer", "B01"),
    "mayor": ("director", "B01"),
    "east": ("steward", "S01"),
    "west": ("steward", "S02"),
    "grid": ("viewer", "C01"),
}


@dataclass
class Town:
    """The people by name, and what they do, in few words."""

    people: dict[str, Actor]

    def desk(self, name: str) -> Desk:
        return services.at_desk(identity.get_actor(self.people[name].id))

    def shop(self, who: str, **values: Any) -> Record:
        given = {"name": "老王面馆", "kind": "food", **values}
        return services.create_record(self.desk(who), "demo.shop", given)


def make_town(files: dict[str, str] = SHOPS) -> Town:
    """Organizations and accounts through the services, and the app published."""
    for code, name, kind, parent in ORGANIZATIONS:
        identity.create_organization(SYSTEM, code=code, name=name, parent_code=parent, kind=kind)
    people = {}
    for name, (role, organization) in PEOPLE.items():
        info, _ = identity.create_account(
            SYSTEM, name=name, password=PASSWORD, must_change_password=False
        )
        identity.add_post(SYSTEM, info.id, organization_code=organization, valid_from=SINCE.date())
        identity.grant_role(SYSTEM, info.id, role)
        people[name] = identity.get_actor(info.id)
    services.publish_bundle(people["eng"], files)
    return Town(people)


def full_shop() -> dict[str, Any]:
    """A value for every field. 完整记录。"""
    return {
        "name": "大众餐厅", "credit_code": "91110108MA01ABCD71", "keeper": "王小明",
        "phone": "13812345678", "kind": "food", "tags": ["new"], "status": "1",
        "area": Decimal("35.50"), "rent": Decimal("120.00"), "staff": 3, "licensed": True,
        "opened": date(2026, 3, 1), "seen": datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
        "place": "116.39,39.90", "note": "两行\n备注",
        "members": [{"name": "李四", "phone": "13987654321", "pay": Decimal("5000.00"), "joined": None}],
    }  # fmt: skip
