"""Reaching along edges: origin and impact, some hops far. 血缘追溯。

Level by level over the kept edges, both ways alike, so that each edge is read once whatever the
way to it. Where only the whole of a dataset is known to follow, all of its columns may: a column
follows the edges of its dataset as a whole, and whoever reaches that reaches every column. So an
answer may name too much, never too little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from yiwang.nets.share.lineage.models import Dataset, Edge, Node
from yiwang.nets.share.lineage.types import HOPS, WHOLE, Direction, EdgeKind

MOST_HOPS = 12
MOST_EDGES = 100_000
"""A look ends here and says so: nobody reads more, and no page may cost more. 追溯上限。"""
MOST_OF_ALL = 20_000
"""The same where more than one column is asked for at once. 多列追溯上限。"""
AT_ONCE = 2_000


class Step(NamedTuple):
    """One edge as a look walks it, to the node farther from the start. 一步。"""

    far: int
    masking: bool
    direct: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """A node that a look reached: after how many hops, and what comes there. 可达节点。

    `direct` holds where on some way the values themselves come, not only the choice of rows,
    `whole` where on some way they come unmasked.
    """

    node: int
    hops: int
    whole: bool
    direct: bool

    @property
    def masked(self) -> bool:
        """Whether values come, and none of them whole. 是否脱敏。"""
        return self.direct and not self.whole


@dataclass(slots=True)
class Trace:
    """All that some columns of a dataset reach one way. 追溯结果。

    `nodes` gives dataset and column of each node in it. `cut` says that there is more.
    """

    direction: Direction
    hops: int
    steps: dict[int, list[Step]] = field(default_factory=dict)
    nodes: dict[int, tuple[int, str]] = field(default_factory=dict)
    columns: dict[int, dict[str, int]] = field(default_factory=dict)
    cut: bool = False
    count: int = 0
    most: int = MOST_EDGES

    def note(self, node: int, dataset: int, column: str) -> None:
        """Know a node. 登记节点。"""
        self.nodes[node] = (dataset, column)
        self.columns.setdefault(dataset, {})[column] = node

    def reach(self, start: int) -> list[Reached]:
        """What one node reaches within this trace, the nearest first. 单列可达。

        A node is gone through again where a better way to it was found: one that masks less, or
        on which values come. That may make farther ones better.
        """
        found = {start: (0, True, True)}
        frontier = {start}
        for hop in range(1, self.hops + 1):
            begun = {node: found[node] for node in frontier}
            frontier = set()
            for near, (_, whole, direct) in begun.items():
                for step in self._steps_of(near):
                    comes = direct and step.direct
                    way = (comes and whole and not step.masking, comes)
                    for node in self._arrive(step.far):
                        if _improve(found, node, hop, way):
                            frontier.add(node)
        del found[start]
        reached = [Reached(node, *told) for node, told in found.items()]
        return sorted(reached, key=lambda one: (one.hops, one.node))

    def _arrive(self, node: int) -> Iterable[int]:
        """A node, or where it is a whole dataset, that and every column of it."""
        dataset, column = self.nodes[node]
        return (node,) if column != WHOLE else self.columns[dataset].values()

    def _steps_of(self, node: int) -> list[Step]:
        own = self.steps.get(node, [])
        dataset, column = self.nodes[node]
        whole = self.columns[dataset].get(WHOLE)
        beside = self.steps.get(whole, []) if column != WHOLE and whole is not None else []
        return own + beside if beside else own


Label = tuple[int, bool, bool]


def _improve(found: dict[int, Label], node: int, hop: int, way: tuple[bool, bool]) -> bool:
    """Note another way to a node; whether it is new or better than those known."""
    known = found.get(node)
    if known is None:
        found[node] = (hop, *way)
        return True
    if (way[0] and not known[1]) or (way[1] and not known[2]):
        found[node] = (known[0], known[1] or way[0], known[2] or way[1])
        return True
    return False


def find_dataset(kind: str, about: str) -> Dataset | None:
    """The dataset that something of this node is. 查数据集。"""
    return Dataset.objects.filter(kind=kind, about=about).order_by("id").first()


def trace(
    dataset_id: int, direction: Direction, *, columns: Sequence[str] = (), hops: int = HOPS
) -> Trace:
    """What the columns of a dataset come from, or what comes of them. 追溯。

    All columns unless some are named. At most `MOST_HOPS` hops, and `MOST_EDGES` edges for one
    column, fewer for several; `cut` says that there is more.
    """
    found = Trace(direction, min(max(hops, 1), MOST_HOPS))
    rows = Node.objects.filter(dataset=dataset_id)
    for node, column in rows.values_list("id", "column"):
        found.note(node, dataset_id, column)
    found.most = MOST_EDGES if len(columns) == 1 else MOST_OF_ALL
    starts = {n for n, (_, name) in found.nodes.items() if not columns or name in columns}
    return _walk(found, starts)


def _walk(found: Trace, starts: set[int]) -> Trace:
    seen, frontier = set(starts), set(starts)
    for _ in range(found.hops):
        if not frontier or found.cut:
            break
        walked = frontier | _wholes_beside(found, frontier, seen)
        wholes = _step(found, walked)
        _fill(found, wholes)
        reached = {one.far for node in walked for one in found.steps.get(node, ())}
        reached |= {node for one in wholes for node in found.columns[one].values()}
        seen |= walked
        frontier = reached - seen
        seen |= frontier
    return found


def _wholes_beside(found: Trace, frontier: set[int], seen: set[int]) -> set[int]:
    """The datasets as a whole, of which only columns were reached: their edges count too."""
    datasets = {found.nodes[node][0] for node in frontier}
    wholes = set()
    for few in _batched(datasets):
        rows = Node.objects.filter(column=WHOLE, dataset__in=few).values_list("id", "dataset")
        for node, dataset in rows:
            found.note(node, dataset, WHOLE)
            wholes.add(node)
    return wholes - seen


def _step(found: Trace, walked: set[int]) -> set[int]:
    """Read the edges of these nodes; gives the datasets that were reached as a whole."""
    near, far = ("source", "target") if found.direction == "impact" else ("target", "source")
    reached: set[int] = set()
    for few in _batched(walked):
        left = found.most - found.count
        rows = Edge.objects.filter(ended_at=None, **{f"{near}__in": few})
        edges = list(rows.values_list(f"{near}_id", f"{far}_id", "kind", "masking")[: left + 1])
        found.cut |= len(edges) > left
        for start, end, kind, masking in edges[:left]:
            found.steps.setdefault(start, []).append(Step(end, masking, kind == EdgeKind.DIRECT))
            reached.add(end)
        found.count += min(len(edges), left)
        if found.cut:
            break
    _name(found, reached - found.nodes.keys())
    return {found.nodes[node][0] for node in reached if found.nodes[node][1] == WHOLE}


def _name(found: Trace, nodes: set[int]) -> None:
    for few in _batched(nodes):
        rows = Node.objects.filter(id__in=few).values_list("id", "dataset_id", "column")
        for node, dataset, column in rows:
            found.note(node, dataset, column)


def _fill(found: Trace, wholes: set[int]) -> None:
    """All columns of the datasets that were reached as a whole."""
    for few in _batched(wholes):
        rows = Node.objects.filter(dataset__in=few).values_list("id", "dataset", "column")
        for node, dataset, column in rows:
            found.note(node, dataset, column)


def _batched(found: Iterable[int]) -> Iterator[list[int]]:
    wanted = sorted(found)
    return (wanted[at : at + AT_ONCE] for at in range(0, len(wanted), AT_ONCE))
