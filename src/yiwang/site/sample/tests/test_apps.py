"""The app of the sample city."""

import pytest

from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Wanted
from yiwang.kernel.workflow.models import Case
from yiwang.nets.share.catalog import services as catalog
from yiwang.site.sample.apps import SHOPS, load_sample_apps
from yiwang.site.sample.loading import load_sample_city

pytestmark = pytest.mark.django_db


def test_the_sample_city_keeps_its_shops_and_the_catalogue_knows_of_them():
    load_sample_city()

    load_sample_apps()
    load_sample_apps()

    steward = identity.get_actor(identity.find_account("li.shichang").id)
    desk = records.at_desk(steward)
    assert records.count_records(desk, "shops.shop", Wanted()).number == SHOPS
    assert catalog.find_resource(steward, "商户").owner == "YZ-SCJG"
    assert records.count_records(desk, "rooms.room", Wanted()).number == 4
    other = records.at_desk(identity.get_actor(identity.find_account("wang.minzheng").id))
    assert records.count_records(other, "shops.shop", Wanted()).number == 0


def test_the_sample_matter_is_split_and_reported_on():
    load_sample_city()

    load_sample_apps()

    (whole,) = Case.objects.filter(code="supervise.item", parent=None)
    parts = Case.objects.filter(parent=whole)
    assert {one.organization for one in parts} == {"YZ-SCJG", "YZ-MZJ", "YZ-TJJ"}
    assert {one.data.get("percent") for one in parts} == {40, None}
