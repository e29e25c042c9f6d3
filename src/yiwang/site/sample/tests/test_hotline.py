"""The 12345 desk of the sample city works: a category is proposed, repeats stand together."""

import pytest

from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.texts import services as texts
from yiwang.kernel.workflow.models import Case
from yiwang.site.sample.hotline import load_sample_hotline
from yiwang.site.sample.loading import load_sample_city

pytestmark = pytest.mark.django_db


def test_the_sample_desk_proposes_a_category_and_knows_the_repeat():
    load_sample_city()

    load_sample_hotline()
    load_sample_hotline()

    found = texts.suggest_category(
        "hotline.letter", {"title": "路灯坏了", "body": "路灯不亮，晚上看不清路"}
    )
    assert found.chosen == "城乡建设/市政管理/路灯照明"
    steward = identity.get_actor(identity.find_account("wang.minzheng").id)
    (line,) = texts.list_groups(steward, "hotline.letter", days=30)
    assert (line.size, line.places) == (2, ["清河路"])
    born = [
        one
        for one in records.stream_all("hotline.letter", ["number", "arrived", "state"])
        if one[3] == "new"
    ]
    assert len({one[1] for one in born}) == 3
    assert all(one[1].startswith("SQ") and one[2] for one in born)
    closed = Case.objects.get(code="hotline.request", status="closed")
    assert closed.data["reply"]
