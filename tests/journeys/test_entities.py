"""The data engineer lays the rows of an app down, on a phone and in English, and sees where from."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from yiwang.kernel.base.act import Actor
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.models import Account
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.records import services as records
from yiwang.kernel.records.tests.shops import SHOPS
from yiwang.kernel.records.tests.tabled import drop_tables
from yiwang.nets.share.entities.models import EntityResource

from .browser import DESK, NARROWEST, PHONE, Look, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def app(sessions):
    """An app whose entities are resources."""
    drop_tables()
    engineer: Actor = identity.get_actor(Account.objects.get(name="li-engineer").id)
    records.publish_bundle(engineer, SHOPS)
    values = {"name": "老王面馆", "kind": "food", "phone": "13812345678"}
    records.create_record(records.at_desk(engineer), "demo.shop", values)
    yield EntityResource.objects.get(code="demo.shop")
    drop_tables()


def assert_sound(visitor: Visitor) -> None:
    assert (visitor.list_faults(), visitor.list_barriers(), visitor.list_overflows()) == (
        [],
        [],
        [],
    )


def test_rows_are_laid_down_at_a_press_and_every_item_has_its_field(at, app):
    with at("engineer", Look(size=PHONE)) as visitor:
        visitor.open(f"/catalog/{app.resource_id}/")
        expect(visitor.page.get_by_text("由应用 商户管理 的业务对象 商户 维护")).to_be_visible()
        assert_sound(visitor)
        visitor.page.get_by_role("button", name="立即快照").click()
        expect(visitor.page.get_by_role("heading", name="信息项来源")).to_be_visible()
        assert_sound(visitor)
        run_due()
        expect(visitor.page.get_by_text("已生成版本").first).to_be_visible(timeout=10_000)
        assert_sound(visitor)
    for look in (Look(size=NARROWEST, elder=True), Look(language="en", size=DESK)):
        with at("steward", look) as visitor:
            for path in (f"/entities/resource/{app.resource_id}/", "/entities/"):
                visitor.open(path)
                assert_sound(visitor)
