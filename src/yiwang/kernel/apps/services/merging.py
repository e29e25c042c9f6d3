"""What the city changed, carried over to the vendor's next version. 三方合并。

By lines, as every version control does: what only one side changed is taken; what both changed in
the same place is a clash that a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from yiwang.kernel.apps.types import Clash, Files

Lines = Sequence[str]


def merge_files(base: Files, city: Files, vendor: Files) -> tuple[dict[str, str], list[Clash]]:
    """The city's files over the vendor's new ones, and the places to decide. 合并文件。

    `city` holds only the files that the city changed or added. What comes out equal to the
    vendor's own is no longer the city's.
    """
    merged: dict[str, str] = {}
    clashes: list[Clash] = []
    for name, text in sorted(city.items()):
        new, old = vendor.get(name), base.get(name)
        if new == old or old is None or new is None:
            result = text
            if old is not None and new is None:
                clashes.append(Clash(name, 1, text, ""))
            elif old is None and new is not None and new != text:
                clashes.append(Clash(name, 1, text, new))
        else:
            result, found = merge_text(old, text, new, name)
            clashes += found
        if result != new:
            merged[name] = result
    return merged, clashes


def merge_text(base: str, city: str, vendor: str, name: str = "") -> tuple[str, list[Clash]]:
    """One text with the changes of both sides. 合并文本。 Of a clash the city's side stands."""
    old, ours, theirs = (text.splitlines(keepends=True) for text in (base, city, vendor))
    result: list[str] = []
    clashes: list[Clash] = []
    for start, end, own, other in _regions(old, ours, theirs):
        part = old[start:end]
        if other in (own, part):
            result += own
        elif own == part:
            result += other
        else:
            clashes.append(Clash(name, len(result) + 1, "".join(own), "".join(other)))
            result += own
    return "".join(result), clashes


def _regions(
    old: Lines, ours: Lines, theirs: Lines
) -> Iterator[tuple[int, int, list[str], list[str]]]:
    """Stretches of the old text between lines that both sides kept, with what each made of them."""
    anchors = [*_kept_by_both(old, ours, theirs), (len(old), len(ours), len(theirs))]
    at = own = other = 0
    for place, in_ours, in_theirs in anchors:
        yield at, place, list(ours[own:in_ours]), list(theirs[other:in_theirs])
        if place < len(old):
            line = [old[place]]
            yield place, place + 1, line, line
        at, own, other = place + 1, in_ours + 1, in_theirs + 1


def _kept_by_both(old: Lines, ours: Lines, theirs: Lines) -> Iterator[tuple[int, int, int]]:
    kept_here, kept_there = _kept(old, ours), _kept(old, theirs)
    for place in sorted(kept_here.keys() & kept_there.keys()):
        yield place, kept_here[place], kept_there[place]


def _kept(old: Lines, new: Lines) -> dict[int, int]:
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return {one.a + at: one.b + at for one in blocks for at in range(one.size)}
