"""A city with an app: shops and the people who keep them. 测试用应用。"""

from __future__ import annotations

from dataclasses import replace

import pytest

from yiwang.kernel.base.act import Ref
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import ENTITY_SINKS, Bundle, Entity, Entry, Field, Published
from yiwang.nets.share.tests.conftest import city, engineer, person, send, steward

__all__ = ["city", "engineer", "person", "send", "steward"]

WHO = {"who": Field("who", {"zh": "姓名"}, element="person_name")}
FIELDS = (
    Field("name", {"zh": "商户名称", "en": "Name"}, required=True),
    Field("code", {"zh": "登记号"}, help={"zh": "营业执照上的号码"}),
    Field("phone", {"zh": "联系电话"}, element="mobile_phone"),
    Field("area", {"zh": "面积"}, kind="number", decimals=2),
    Field("members", {"zh": "成员"}, kind="group", fields=WHO),
    Field("photos", {"zh": "照片"}, kind="files"),
)


def make_entity(code="demo.shop", title="商户", fields=FIELDS, **facts) -> Entity:
    return Entity(
        code, {"zh": title, "en": "Shop"}, {one.key: one for one in fields}, "name", **facts
    )


def make_bundle(*entities: Entity, owner="D01", **facts) -> Bundle:
    entities = entities or (make_entity(key=("code",)),)
    return Bundle(
        "demo",
        {"zh": "商户管理", "en": "Shops"},
        owner,
        {one.code: one for one in entities},
        **facts,
    )


def relabel(bundle: Bundle, code: str, key: str, **changes) -> Bundle:
    """The bundle with one field changed."""
    entity = bundle.entities[code]
    fields = entity.fields | {key: replace(entity.fields[key], **changes)}
    return replace(bundle, entities={**bundle.entities, code: replace(entity, fields=fields)})


@pytest.fixture
def publish(engineer):
    """Publishes a bundle as far as sinks see it."""

    def do(bundle, before=None, retired=(), actor=engineer):
        on = Ref("records.bundle", bundle.app, bundle.app)
        with ledger.acting(actor, "records.publish", on=on) as act:
            for sink in ENTITY_SINKS.values():
                sink(act, Published(bundle, before, retired))

    return do


class FakeRows:
    """Rows of entities, and a number that grows with each change."""

    def __init__(self):
        self.rows: dict[str, list[dict[str, str | None]]] = {}
        self.changes = 0

    def put(self, code, *rows):
        self.rows[code] = list(rows)
        self.changes += 1

    def stream_all(self, code, keys):
        for row in self.rows.get(code, []):
            yield [row["id"], *(row.get(key) for key in keys)]

    def find_newest_change(self, code):
        return str(self.changes)


@pytest.fixture
def kept(monkeypatch):
    """What the apps keep, in place of the tables."""
    fake = FakeRows()
    monkeypatch.setattr(records, "stream_all", fake.stream_all)
    monkeypatch.setattr(records, "find_newest_change", fake.find_newest_change)
    return fake


__all__ += ["FIELDS", "Entry", "make_bundle", "make_entity", "relabel"]
