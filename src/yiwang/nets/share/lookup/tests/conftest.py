"""The town of requests and grants, and programs with a token."""

from __future__ import annotations

import pytest
from django.test import Client

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.exchange.tests.conftest import town  # noqa: F401
from yiwang.nets.share.exchange.tests.town import COLUMNS


@pytest.fixture
def program(town):  # noqa: F811
    """A program that holds a token of one person."""

    def program(name: str) -> Client:
        token = identity.issue_token(town.people[name], name="test")[1]
        return Client(headers={"authorization": f"Bearer {token}"})

    return program


def land(town, rows, kind="full"):  # noqa: F811
    """The register comes anew, as a new version."""
    with acting(SYSTEM, "test.land", on=Ref("test", "1")) as act:
        staged = pool.stage_rows(list(COLUMNS), [rows], profile=False)
        pool.commit(act, town.resource.table, staged, kind=kind)
