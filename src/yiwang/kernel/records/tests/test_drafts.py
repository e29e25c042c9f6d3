"""Forms left for later: whose they are, what they keep, when they go. 草稿测试。"""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.kernel.base import clock
from yiwang.kernel.base.errors import InvalidInput, NotFound, TooMany
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.records import services
from yiwang.kernel.records.services import drafts
from yiwang.kernel.records.tasks import tidy

from .intake import INTAKE
from .shops import make_town

VISIT, FORM = "intake.visit", "intake.visit"


@pytest.fixture
def town(db):
    return make_town(INTAKE)


def save(desk, answers, **more):
    return services.save_draft(desk, VISIT, FORM, answers, **more)


def test_a_draft_keeps_answers_as_they_were_typed(town):
    desk = town.desk("eng")
    typed = {"name": "老王", "area": "大概三十", "members": [{"name": "李四"}], "note": None}

    made = save(desk, typed, notes={"key": "k"})

    found = services.get_draft(desk, made.id)
    assert (found.entity, found.form, found.record) == (VISIT, FORM, "")
    assert found.answers == typed
    assert found.notes == {"key": "k"}


def test_two_windows_take_nothing_from_each_other(town):
    desk = town.desk("eng")
    made = save(desk, {"name": "老王"})

    save(desk, {"kind": "food"}, draft=made.id)
    save(desk, {"note": "门口有台阶"}, draft=made.id)
    save(desk, {"name": "老王面馆"}, draft=made.id)

    assert services.get_draft(desk, made.id).answers == {
        "name": "老王面馆", "kind": "food", "note": "门口有台阶",
    }  # fmt: skip
    assert len(services.list_drafts(desk)) == 1


def test_nobody_but_its_account_sees_a_draft(town):
    made = save(town.desk("eng"), {"keeper": "王小明"})
    other = town.desk("east")

    assert services.list_drafts(other) == []
    for look in (services.get_draft, services.drop_draft):
        with pytest.raises(NotFound):
            look(other, made.id)
    with pytest.raises(NotFound):
        save(other, {"keeper": "张三"}, draft=made.id)
    assert services.get_draft(town.desk("eng"), made.id).answers == {"keeper": "王小明"}


def test_the_ledger_tells_nothing_of_a_draft(town):
    before = ActRow.objects.count()

    save(town.desk("eng"), {"keeper": "王小明"})

    assert ActRow.objects.count() == before


def test_the_last_one_touched_comes_first(town):
    desk = town.desk("eng")
    first, second = save(desk, {"name": "一"}), save(desk, {"name": "二"})
    save(desk, {"name": "三"}, draft=first.id)

    assert [one.id for one in services.list_drafts(desk)] == [first.id, second.id]


def test_one_has_fifty_drafts_at_most(town, monkeypatch):
    monkeypatch.setattr(drafts, "AT_MOST", 2)
    desk = town.desk("eng")
    first, _ = save(desk, {}), save(desk, {})

    with pytest.raises(TooMany):
        save(desk, {})
    save(desk, {"name": "一"}, draft=first.id)
    save(town.desk("east"), {})
    services.drop_draft(desk, first.id)
    save(desk, {})


def test_too_much_is_refused_and_what_was_kept_stays(town):
    desk = town.desk("eng")
    made = save(desk, {"note": "短"})

    with pytest.raises(InvalidInput):
        save(desk, {"note": "长" * drafts.LARGEST}, draft=made.id)
    assert services.get_draft(desk, made.id).answers == {"note": "短"}


def test_a_draft_is_forgotten_ninety_days_after_it_was_touched(town, monkeypatch):
    desk = town.desk("eng")
    save(desk, {"name": "一"})
    start = clock.now()

    monkeypatch.setattr(drafts, "now", lambda: start + timedelta(days=89))
    assert drafts.forget_drafts() == 0
    monkeypatch.setattr(drafts, "now", lambda: start + timedelta(days=91))
    assert tidy(None) == {"drafts": 1, "files": 0}
    assert services.list_drafts(desk) == []


def test_what_came_of_a_key_is_known_to_its_account_alone(town):
    desk = town.desk("eng")
    made = services.create_record(desk, VISIT, {"name": "老王", "kind": "shop"}, key="k1")

    assert services.find_submission(desk, "k1") == made.id
    assert services.find_submission(desk, "k2") == ""
    assert services.find_submission(town.desk("east"), "k1") == ""
