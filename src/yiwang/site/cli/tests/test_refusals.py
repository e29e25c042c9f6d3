"""What the command line refuses is on record, and a clock that went back is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from yiwang.kernel.base.act import SYSTEM, Actor, Ref
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.ledger.models import ActRow
from yiwang.site.care.doctor import Node, check_ledger
from yiwang.site.cli import frame
from yiwang.site.home import Home

pytestmark = pytest.mark.django_db


def test_a_refused_command_stands_in_the_ledger(monkeypatch):
    nobody = Actor(id="nobody")
    monkeypatch.setattr("yiwang.site.cli.account.find_actor", lambda home, account: nobody)

    @frame.command("look", group=click.Group("trial"), django=False)
    def look(session):
        """Look."""
        session.actor.require("share.resource.look")

    result = CliRunner().invoke(look, [], standalone_mode=False)

    assert result.return_value == 4
    [row] = ActRow.objects.filter(outcome=ActRow.REFUSED)
    assert (row.actor_id, row.verb, row.object_id) == ("nobody", "site.command.run", "look")


def test_the_doctor_tells_of_a_clock_that_went_back(tmp_path: Path):
    with ledger.acting(SYSTEM, "test.act", on=Ref("test", "1")):
        pass
    node = Node(Home(tmp_path), deep=False)

    well = [one.grade for one in check_ledger(node)]
    with use_time(now() - timedelta(hours=1)):
        told = [one.sentence for one in check_ledger(node)]

    assert well == ["ok"]
    assert any("clock went back" in one for one in told)
