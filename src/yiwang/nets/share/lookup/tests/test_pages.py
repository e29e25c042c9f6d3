"""The page of a grant says where programs ask, to those who may use it."""

from __future__ import annotations

import pytest

from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.lookup.models import ShortName

pytestmark = pytest.mark.django_db


def test_the_page_of_a_grant_names_the_addresses(town):
    grant = town.grant()
    page = f"/exchange/grants/{grant.id}/"

    shown = town.client("reader").get(page).content.decode()

    assert f"http://testserver/odata/{grant.request.number}/</code>" in shown
    assert "<code>jie_dao</code>" in shown
    assert "$select=person_name&amp;$top=10" in shown
    assert "/odata/" not in town.client("owner").get(page).content.decode()
    exchange.revoke_grant(town.people["owner"], grant.id, reason="用途已变")
    assert "/odata/" not in town.client("reader").get(page).content.decode()


def test_a_name_stays_when_the_column_gets_another_element(town, program):
    grant = town.grant(columns=("姓名", "街道"))
    address = f"/odata/{grant.request.number}/rows?$top=1"
    before = program("reader").get(address).json()["value"][0]

    town.resource.items.filter(name="街道").update(element="mobile")
    after = program("reader").get(address).json()["value"][0]

    assert list(after) == list(before) == ["_row", "person_name", "jie_dao"]
    assert ShortName.objects.count() == 2
