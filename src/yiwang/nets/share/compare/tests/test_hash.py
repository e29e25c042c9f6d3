"""Whatever way a comparison takes and however bad its hash is, no count may change."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.query.functions import is_blank
from yiwang.kernel.query.tables import PLACEHOLDERS
from yiwang.nets.share.compare import services as compare
from yiwang.nets.share.compare.services import engine, pairing
from yiwang.nets.share.compare.services.pairing import Pairing
from yiwang.nets.share.compare.services.steps import Work

from .test_engine import ask, land, rows_of

pytestmark = pytest.mark.django_db
BAD = ["hash(k) % 3", "0::UBIGINT", "ascii(k) % 2", "strlen(k)"]

_cell = st.sampled_from(["a", "b", "c", "dd", "ee", "无", " ", "", None])
_rows = st.lists(st.tuples(_cell, _cell, _cell), max_size=10)


def everything(left, right, *, alternate, with_rows=True):
    """The counts and the listed rows of one comparison."""
    asked = ask("k = k", values=["v = v", "a = a"], alternate=["a = a"] if alternate else [])
    compared = compare.compare_versions(left, right, asked, with_rows=with_rows)
    return compared.counts, sorted(map(repr, rows_of(compared))) if with_rows else []


ALL = (Pairing, Work)


@settings(max_examples=30, deadline=None)
@given(left=_rows, right=_rows, bad=st.sampled_from(BAD), alternate=st.booleans())
def test_a_bad_hash_changes_nothing(left, right, bad, alternate):
    versions = [land(["k", "v", "a"], rows) for rows in (left, right)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "WAYS", ())
        exact = everything(*versions, alternate=alternate)
        patch.setattr(engine, "HASH", bad)
        for ways in (ALL, (Work,)):
            patch.setattr(engine, "WAYS", ways)

            assert everything(*versions, alternate=alternate) == exact


@settings(max_examples=60, deadline=None)
@given(left=_rows, right=_rows, limit=st.sampled_from([0, 1, 2, 100]))
def test_every_way_gives_the_same_counts_and_rows(left, right, limit):
    versions = [land(["k", "v", "a"], rows) for rows in (left, right)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "WAYS", (Work,))
        grouped = everything(*versions, alternate=False)
        patch.setattr(engine, "WAYS", ALL)
        patch.setattr(pairing, "PAIRS_PER_ROW", limit)

        assert everything(*versions, alternate=False) == grouped
        assert everything(*versions, alternate=False, with_rows=False)[0] == grouped[0]


@pytest.mark.parametrize("way", ALL)
@pytest.mark.parametrize(
    ("left", "right"),
    [
        (["a"], ["b"]),
        (["a", "b"], ["a", "b"]),
        (["a", "a", "b"], ["a", "b"]),
        (["a", "b"], ["a", "a"]),
        (["a", "a"], ["b"]),
        (["a", "b"], []),
        ([], ["a", "b"]),
    ],
)
def test_every_way_to_collide_is_seen(left, right, way, monkeypatch):
    marks = []
    for one in ALL:
        monkeypatch.setattr(one, "hold", _noting(one, marks))
    monkeypatch.setattr(engine, "WAYS", (way,))
    monkeypatch.setattr(engine, "HASH", "0::UBIGINT")
    monkeypatch.setattr(pairing, "PAIRS_PER_ROW", 100)

    counts = compare.compare_versions(
        *(land(["k"], [(key,) for key in keys]) for keys in (left, right)), ask("k = k")
    ).counts

    assert marks == [(way, "0::UBIGINT"), (Work, "k")]
    assert counts.matched == len(set(left) & set(right))
    assert counts.left_only == len(set(left) - set(right))


def test_pairs_are_cut_off_where_keys_repeat_on_both_sides(monkeypatch):
    marks = []
    for way in ALL:
        monkeypatch.setattr(way, "hold", _noting(way, marks))
    rows = [("same", str(i)) for i in range(30_000)]

    counts = compare.compare_versions(
        land(["k", "v"], rows), land(["k", "v"], rows[:20_000]), ask("k = k", values=["v = v"])
    ).counts

    assert marks == [(Pairing, "hash(k)"), (Work, "hash(k)")]
    assert (counts.matched, counts.differing) == (1, 1)


def _noting(way, marks):
    held = way.hold
    return lambda work, mark: marks.append((way, mark)) or held(work, mark)


def test_a_key_that_repeats_a_little_is_paired(monkeypatch):
    marks = []
    for way in ALL:
        monkeypatch.setattr(way, "hold", _noting(way, marks))
    left = land(["k", "v"], [("1", "a"), ("1", "b"), ("2", "c"), ("3", ""), ("无", "x")])
    right = land(["k", "v"], [("1", "a"), ("2", "d"), ("3", None), ("无", "x"), ("4", "e")])

    c = compare.compare_versions(left, right, ask("k = k", values=["v = v"])).counts

    assert marks == [(Pairing, "hash(k)")]
    assert (c.left_blank_keys, c.right_blank_keys) == (1, 1)
    assert (c.matched, c.left_only, c.right_only, c.differing) == (3, 0, 1, 2)
    assert (c.left_duplicate_keys, c.right_duplicate_keys) == (1, 0)


def test_keys_of_both_digits_are_never_placeholders():
    runs = [digit * n for digit in "0123456789０１" for n in range(1, 9)]

    assert not [word for word in [*PLACEHOLDERS, *runs] if "0" in word and "1" in word]
    assert [word for word in runs if is_blank(word)]
