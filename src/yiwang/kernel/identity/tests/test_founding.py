"""The first accounts of a new node."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.identity import services


def test_three_accounts_each_with_one_administrators_role(db):
    made = services.create_administrators()

    roles = [services.find_account(name).roles for name in made]
    assert roles == [("sysadmin",), ("secadmin",), ("auditor",)]


def test_each_must_change_its_first_password(db):
    for name, first in services.create_administrators().items():
        assert services.sign_in(name=name, password=first).must_change_password


def test_it_happens_once(db):
    services.create_administrators()

    with pytest.raises(Conflict):
        services.create_administrators()
