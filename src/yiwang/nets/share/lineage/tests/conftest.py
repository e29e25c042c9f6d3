from __future__ import annotations

import io

import pytest

from yiwang.kernel.jobs.services import run_due
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.connect.types import Instructions
from yiwang.nets.share.exchange.tests.town import make_town
from yiwang.nets.share.lineage.models import Edge


@pytest.fixture
def town(db):
    return make_town()


@pytest.fixture
def send(town):
    """Lands bytes as a file of the owner, and lets those hear who listen."""

    def send_file(content, name="名册.csv", **told):
        delivery = connect.receive_file(
            town.people["owner"],
            io.BytesIO(content.encode()),
            file_name=name,
            owner="D01",
            instructions=Instructions(**told),
            queue=False,
        )
        [landed] = connect.land_delivery(town.people["owner"], delivery.id)
        run_due()
        return landed

    return send_file


@pytest.fixture
def edges():
    """The edges that hold, as texts without the node's name."""

    def read(**having):
        rows = Edge.objects.filter(ended_at=None, **having)
        told = rows.values_list(
            "source__dataset__name", "source__column", "target__dataset__name", "target__column",
            "kind", "masking",
        )  # fmt: skip
        return {(f"{a}.{b}", f"{c}.{d}", kind, masking) for a, b, c, d, kind, masking in told}

    return read


@pytest.fixture
def resource_of():
    return lambda landed: catalog.Resource.objects.get(id=landed.resource)
