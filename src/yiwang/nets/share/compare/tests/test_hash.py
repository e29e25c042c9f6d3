"""A comparison goes by a hash of the key; however bad the hash is, no count may change."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.nets.share.compare import services as compare
from yiwang.nets.share.compare.services import engine

from .test_engine import ask, land, rows_of

pytestmark = pytest.mark.django_db
BAD = ["hash(k) % 3", "0::UBIGINT", "ascii(k) % 2", "strlen(k)"]

_cell = st.sampled_from(["a", "b", "c", "dd", "ee", "无", " ", "", None])
_rows = st.lists(st.tuples(_cell, _cell, _cell), max_size=10)


def everything(left, right):
    """The counts and the listed rows of one comparison."""
    compared = compare.compare_versions(
        left, right, ask("k = k", values=["v = v"], alternate=["a = a"])
    )
    return compared.counts, sorted(map(repr, rows_of(compared)))


@settings(max_examples=30, deadline=None)
@given(left=_rows, right=_rows, bad=st.sampled_from(BAD))
def test_a_bad_hash_changes_nothing(left, right, bad):
    versions = [land(["k", "v", "a"], rows) for rows in (left, right)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "HASH", "k")
        exact = everything(*versions)
        patch.setattr(engine, "HASH", bad)

        assert everything(*versions) == exact


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (["a"], ["b"]),
        (["a", "b"], ["a", "b"]),
        (["a", "a", "b"], ["a", "b"]),
        (["a", "b"], ["a", "a"]),
        (["a", "a"], ["b"]),
    ],
)
def test_every_way_to_collide_is_seen(left, right, monkeypatch):
    marks = []
    held = engine.hold_sides
    monkeypatch.setattr(engine, "HASH", "0::UBIGINT")
    monkeypatch.setattr(engine, "hold_sides", lambda *given: marks.append(given[2]) or held(*given))

    counts = compare.compare_versions(
        *(land(["k"], [(key,) for key in keys]) for keys in (left, right)), ask("k = k")
    ).counts

    assert marks == ["0::UBIGINT", "k"]
    assert counts.matched == len(set(left) & set(right))
