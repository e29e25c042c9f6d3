"""A file that turned up is traced to its grant, or to nobody."""

from __future__ import annotations

import csv
import random

import pytest

from yiwang.kernel.base.errors import InvalidInput, NotPermitted
from yiwang.nets.share.exchange import services

from .town import COLUMNS, make_town, register

pytestmark = pytest.mark.django_db
MANY = [(f"王{at}", f"9901{at:014d}", "东湖" if at % 2 else "西湖", "在业") for at in range(2000)]


@pytest.fixture
def large(db):
    town = make_town()
    town.resource = register(town.people["bureau"], "conditional", rows=MANY, name="大台账")
    return town


def leak(town, grant, tmp_path, *, rows=100, seed=1, ending="csv"):
    """Some rows of what a grant gives, as somebody might pass them on."""
    with services.open_granted(town.people["reader"], grant.id, ending=ending).stream as file:
        taken = tmp_path / f"taken.{ending}"
        taken.write_bytes(file.read())
    if ending != "csv":
        return taken
    with taken.open(encoding="utf-8-sig", newline="") as file:
        head, *found = csv.reader(file)
    some = random.Random(seed).sample(found, rows)
    target = tmp_path / f"leaked-{seed}.csv"
    with target.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([head, *some])
    return target


def trace(town, path):
    found = services.trace_file(town.people["bureau"], town.resource.id, path, path.name)
    return [(one.grant.id, one.rows, one.own, one.named) for one in found]


def test_tokens_name_the_grant_from_a_hundred_rows(large, tmp_path):
    grants = [
        large.grant(columns=COLUMNS, masks={"身份证号": "token"}, volume=10**5, anyway=True)
        for _ in range(3)
    ]
    for grant in grants:
        leak(large, grant, tmp_path)

    for grant in grants:
        assert trace(large, leak(large, grant, tmp_path)) == [(grant.id, 100, 100, True)]


def test_a_workbook_is_traced_as_well(large, tmp_path):
    grant = large.grant(columns=COLUMNS, masks={"身份证号": "token"}, volume=10**5)

    [(found, rows, _own, named)] = trace(large, leak(large, grant, tmp_path, ending="xlsx"))

    assert (found, rows, named) == (grant.id, 2000, True)


def test_rows_without_tokens_point_at_a_grant_and_name_nobody(large, tmp_path):
    east = large.grant(
        columns=COLUMNS, row_filter="街道 = '东湖'", volume=10**5, clear=COLUMNS[1:2]
    )
    whole = large.grant(columns=COLUMNS, volume=10**5, clear=COLUMNS[1:2], anyway=True)
    first, second = leak(large, east, tmp_path), leak(large, whole, tmp_path, seed=2)

    assert [one[2] for one in trace(large, first)] == [0, 0]
    told = trace(large, second)
    assert [one[0] for one in told] == [whole.id, east.id]
    assert told[0][2] > 30
    assert not any(one[3] for one in told)


def test_what_nobody_was_given_is_nobodys(large, tmp_path):
    large.grant(columns=COLUMNS, masks={"身份证号": "token"}, volume=10**5)
    path = tmp_path / "other.csv"
    path.write_text("姓名,身份证号\n李某,1\n赵某,2\n", "utf-8")
    assert trace(large, path) == []

    path.write_text("甲,乙\n1,2\n", "utf-8")
    with pytest.raises(InvalidInput, match="No column"):
        trace(large, path)
    for name in ("owner", "reader", "stranger"):
        with pytest.raises(NotPermitted):
            services.trace_file(large.people[name], large.resource.id, path, "x.csv")


def test_noise_and_changed_terms_are_traced_too(large, tmp_path):
    grant = large.grant(columns=("街道", "身份证号"), masks={"身份证号": "prefix:6"}, volume=10**5)
    before = leak(large, grant, tmp_path)
    terms = services.get_terms(grant)
    left = services.Narrower(("街道",), terms.until, terms.quota)
    services.narrow_grant(large.people["owner"], grant.id, left, reason="只需街道")

    assert [one[:2] for one in trace(large, before)] == [(grant.id, 100)]
