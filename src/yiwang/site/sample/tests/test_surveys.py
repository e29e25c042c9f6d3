"""The survey of the sample city."""

import pytest

from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Wanted
from yiwang.kernel.workflow.models import Push
from yiwang.kernel.workflow.services.pushing import counting
from yiwang.site.sample.loading import load_sample_city
from yiwang.site.sample.surveys import HOUSES, load_sample_survey

pytestmark = pytest.mark.django_db


def test_eight_communities_are_asked_and_a_grid_worker_sees_the_houses_of_the_grid():
    load_sample_city()

    load_sample_survey()
    load_sample_survey()
    run_due()

    push = Push.objects.get()
    found = counting.describe_completion(actor("liu.jiedao"), push.pk)
    assert (found.tally.total, found.tally.sent) == (4, 4)
    assert counting.describe_completion(actor("zhao.gongcheng"), push.pk).tally.total == 8
    desk = records.at_desk(actor("ma.wangge"))
    assert records.count_records(desk, "survey.house", Wanted()).number == HOUSES
    checks = records.list_records(desk, "survey.check", Wanted(order=("_updated_at",))).records
    known = {one.key: one.is_corrected for one in records.list_known(desk, checks[-1])}
    assert known == {
        "address": False, "owner": False, "floors": True, "area": False, "use": False,
    }  # fmt: skip


def actor(name):
    return identity.get_actor(identity.find_account(name).id)
