"""Many who tell at once: each edge is kept once, and the last word is the last."""

from __future__ import annotations

import pytest

from yiwang.nets.share.exchange.tests.test_races import all_at_once
from yiwang.nets.share.exchange.tests.town import make_town
from yiwang.nets.share.lineage import services
from yiwang.nets.share.lineage.models import Dataset, Edge, Node

from .test_openlineage import dataset, event, made_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]


def test_jobs_that_share_columns_are_told_at_once(transactional_db):
    town = make_town()
    fields = {f"c{at}": f"原.x{at}" for at in range(30)}

    def tell(at):
        told = dict(list(fields.items())[:: 1 if at % 2 else -1])
        outputs = [dataset("汇总", columnLineage=made_of(**told)), dataset("整表")]
        return services.receive_event(
            town.people["owner"], event(job=f"作业{at}", inputs=[dataset("原")], outputs=outputs)
        )

    found = all_at_once(24, tell)

    assert [type(one).__name__ for one in found] == ["Received"] * 24
    assert Edge.objects.filter(ended_at=None).count() == 24 * 31
    assert Dataset.objects.count() == 3
    assert Node.objects.values("dataset", "column").distinct().count() == Node.objects.count()


def test_a_grant_that_many_bring_up_to_date_is_kept_once(transactional_db):
    town = make_town()
    grant = town.grant(columns=("姓名", "街道"))

    all_at_once(16, lambda _: services.keep_grant(grant.id))

    assert Edge.objects.count() == 2
