"""A look reaches what is there to reach, no more and no less, by any way of counting."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.clock import now
from yiwang.nets.share.lineage import services
from yiwang.nets.share.lineage.models import Dataset, Edge, Node
from yiwang.nets.share.lineage.services import tracing
from yiwang.nets.share.lineage.services.recording import merge_links, record_job
from yiwang.nets.share.lineage.types import Column, DatasetName, EdgeKind, Flow, Link

pytestmark = pytest.mark.django_db
JOB = DatasetName("test", "job")
SETS = [DatasetName("test", one) for one in "ABCDE"]
COLUMNS = st.builds(Column, st.sampled_from(SETS), st.sampled_from(["", "x", "y"]))
LINKS = st.builds(
    Link, COLUMNS, COLUMNS, st.sampled_from([one.value for one in EdgeKind]), st.booleans()
)


def write(links):
    Dataset.objects.all().delete()
    flow = Flow(JOB, "1", now(), tuple(links))
    record_job(JOB, lambda: flow)
    return {
        Column(DatasetName(one.dataset.namespace, one.dataset.name), one.column): one.id
        for one in Node.objects.select_related("dataset")
    }


def reach_slowly(links, start, hops, columns):
    """What every way of at most so many hops comes to: its least hops, whole values, any values."""
    ways = {(start, True, True): 0}
    for hop in range(1, hops + 1):
        for (near, whole, direct), before in list(ways.items()):
            if before != hop - 1:
                continue
            for link in links:
                if link.source not in (near, Column(near.dataset)):
                    continue
                comes = direct and link.kind == EdgeKind.DIRECT
                label = (comes and whole and not link.masking, comes)
                ends = [link.target]
                if not link.target.name:
                    ends = [one for one in columns if one.dataset == link.target.dataset]
                for end in ends:
                    ways.setdefault((end, *label), hop)
    found = {}
    for (end, whole, direct), hop in ways.items():
        least, any_whole, any_direct = found.get(end, (hop, False, False))
        found[end] = (min(least, hop), any_whole or whole, any_direct or direct)
    found.pop(start, None)
    return found


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(LINKS, min_size=1, max_size=12), st.data())
def test_a_look_reaches_what_every_way_reaches(db, links, data):
    links = merge_links(links)
    nodes = write(links)
    start = data.draw(st.sampled_from(sorted(nodes, key=str)))
    hops = data.draw(st.integers(1, 4))
    names = {node: column for column, node in nodes.items()}
    dataset = Node.objects.get(pk=nodes[start]).dataset_id

    for way in ("impact", "origin"):
        turned = links if way == "impact" else [
            Link(one.target, one.source, one.kind, one.masking) for one in links
        ]  # fmt: skip
        found = services.trace(dataset, way, columns=[start.name], hops=hops)
        reached = {
            names[one.node]: (one.hops, one.whole, one.direct) for one in found.reach(nodes[start])
        }
        assert reached == reach_slowly(turned, start, hops, set(nodes))


def test_what_is_too_much_is_cut_and_says_so(db, monkeypatch):
    monkeypatch.setattr(tracing, "MOST_EDGES", 3)
    a, b = SETS[:2]
    nodes = write([Link(Column(a, "x"), Column(b, f"c{at}")) for at in range(5)])
    dataset = Node.objects.get(pk=nodes[Column(a, "x")]).dataset_id

    found = services.trace(dataset, "impact", columns=["x"])

    assert found.cut
    assert len(found.reach(nodes[Column(a, "x")])) == 3


def test_values_that_come_whole_on_one_way_come_whole(db):
    a, b = SETS[:2]
    ways = [
        Link(Column(a, "x"), Column(b, "y"), masking=True),
        Link(Column(a, "x"), Column(b, "y"), masking=False),
        Link(Column(a, "x"), Column(b, "y"), kind=EdgeKind.INDIRECT),
    ]

    for links in (ways, ways[::-1]):
        assert merge_links(links) == [ways[1]]


def test_the_same_told_twice_is_kept_once(db):
    links = [Link(Column(SETS[0], "x"), Column(SETS[1], "y"))]
    for _ in range(2):
        flow = Flow(JOB, "1", now(), tuple(links))
        record_job(JOB, lambda flow=flow: flow)

    assert Edge.objects.count() == 1
    assert Node.objects.count() == Dataset.objects.count() == 2
