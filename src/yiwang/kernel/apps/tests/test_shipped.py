"""Every app in the wheel: well, and its tests hold. 随附应用测试。"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yiwang.kernel.apps import services
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity

ROOT = Path(__file__).resolve().parents[5]


@pytest.mark.django_db
@pytest.mark.parametrize("code", services.list_shipped())
def test_a_shipped_app_is_well_its_tests_hold_and_it_installs(code):
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")
    engineer = identity.installer_actor()
    files = services.read_shipped(code)

    assert [one.detail for one in services.find_problems(files)] == []
    outcomes = services.test_app(engineer, files)
    assert outcomes
    assert [(one.name, one.line, one.problem) for one in outcomes if not one.held] == []
    assert services.install_app(engineer, files).installed


@pytest.mark.django_db
def test_what_the_how_to_adds_to_a_new_app_is_well_and_can_be_installed():
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")
    guide = (ROOT / "docs" / "howto" / "write-an-app.md").read_text("utf-8")
    booking = re.search(r"```yaml\n(entity: booking.*?)```", guide, re.DOTALL)[1]
    files = {
        **services.new_app("rooms", title="场所管理", owner="B01"),
        "entities/booking.yaml": booking,
    }

    info = services.install_app(identity.installer_actor(), files)

    assert "rooms.booking" in info.entities
