"""A small city, its people, and a way to send files. 小城市与报送。"""

from __future__ import annotations

import io

import pytest

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.identity import services as identity
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.connect.types import Instructions

PASSWORD = "Rain-on-the-roof-7"


@pytest.fixture
def city(db):
    """A bureau and two departments."""
    for code, name, kind in (
        ("B01", "市数据局", "bureau"),
        ("D01", "市民政局", "department"),
        ("D02", "市统计局", "department"),
    ):
        identity.create_organization(SYSTEM, code=code, name=name, kind=kind)


@pytest.fixture
def person(city):
    """Makes an actor with a role in an organization."""

    def make(role: str, organization: str = "D01") -> Actor:
        info, _ = identity.create_account(
            SYSTEM,
            name=f"{role}-{organization}",
            organization_code=organization,
            password=PASSWORD,
            must_change_password=False,
        )
        identity.grant_role(SYSTEM, info.id, role)
        return identity.get_actor(info.id)

    return make


@pytest.fixture
def engineer(person):
    return person("engineer", "B01")


@pytest.fixture
def steward(person):
    return person("steward", "D01")


@pytest.fixture
def send():
    """Sends bytes as a file and lands them in the foreground."""

    def send_file(actor, content, name="登记.csv", owner="D01", **told):
        data = content if isinstance(content, bytes) else content.encode()
        delivery = connect.receive_file(
            actor,
            io.BytesIO(data),
            file_name=name,
            owner=owner,
            instructions=Instructions(**told),
            queue=False,
        )
        return connect.land_delivery(actor, delivery.id)

    return send_file
