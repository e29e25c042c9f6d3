"""Which row each box of a diagram stands in. 分层。"""

from __future__ import annotations

from collections.abc import Sequence

Pair = tuple[int, int]


def find_back_links(count: int, links: Sequence[Pair]) -> set[int]:
    """Links that lead back to a box on the way to them: turned round, no circle is left. 回边。

    Boxes are walked in the order given, so the way declared first stays the way down.
    """
    leaving: list[list[int]] = [[] for _ in range(count)]
    for place, (tail, head) in enumerate(links):
        if tail != head:
            leaving[tail].append(place)
    back: set[int] = set()
    state = [0] * count  # 0 unseen, 1 on the way, 2 left behind
    for start in range(count):
        if state[start]:
            continue
        state[start] = 1
        walk = [(start, iter(leaving[start]))]
        while walk:
            box, rest = walk[-1]
            found = next(rest, None)
            if found is None:
                state[box] = 2
                walk.pop()
                continue
            head = links[found][1]
            if state[head] == 1:
                back.add(found)
            elif not state[head]:
                state[head] = 1
                walk.append((head, iter(leaving[head])))
    return back


def assign_layers(count: int, links: Sequence[Pair]) -> list[int]:
    """Each box one below the lowest that leads to it; the links hold no circle. 最长路径分层。"""
    leaving: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for tail, head in links:
        leaving[tail].append(head)
        waiting[head] += 1
    layers = [0] * count
    ready = [box for box in range(count) if not waiting[box]]
    for box in ready:
        for head in leaving[box]:
            layers[head] = max(layers[head], layers[box] + 1)
            waiting[head] -= 1
            if not waiting[head]:
                ready.append(head)
    return layers
