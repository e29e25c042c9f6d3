"""Whatever way a comparison takes and however bad its hash is, no count may change."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.pool import services as pool
from yiwang.kernel.query.functions import is_blank
from yiwang.kernel.query.tables import BLANK_OPENINGS, PLACEHOLDERS
from yiwang.nets.share.compare import services as compare
from yiwang.nets.share.compare.services import engine, pairing
from yiwang.nets.share.compare.services.pairing import Pairing
from yiwang.nets.share.compare.services.sides import EXACT, HASHED, Mark, _is_blank
from yiwang.nets.share.compare.services.steps import Work

from .test_engine import ask, land, rows_of

pytestmark = pytest.mark.django_db
BAD = ["hash({}) % 3", "0::UBIGINT", "ascii({}) % 2", "strlen({})"]
ONE = Mark("0::UBIGINT", HASHED.alternate)

_cell = st.sampled_from(["a", "b", "c", "dd", "ee", "无", " ", "", None])
_rows = st.lists(st.tuples(_cell, _cell, _cell), max_size=10)


def everything(left, right, *, alternate, with_rows=True, values=("v = v", "a = a")):
    """The counts and the listed rows of one comparison."""
    asked = ask("k = k", values=values, alternate=alternate)
    compared = compare.compare_versions(left, right, asked, with_rows=with_rows)
    return compared.counts, sorted(map(repr, rows_of(compared))) if with_rows else []


ALL = (Pairing, Work)


@settings(max_examples=30, deadline=None)
@given(
    left=_rows,
    right=_rows,
    key=st.sampled_from([HASHED.key, *(one.format("k") for one in BAD)]),
    alternate=st.sampled_from([HASHED.alternate, *(one.format("{text}") for one in BAD)]),
    alternates=st.sampled_from([[], ["a = a"], ["a = a", "v = v"], ["v = a"]]),
    values=st.sampled_from([["v = v", "a = a"], ["v = v"], []]),
)
def test_a_bad_hash_changes_nothing(left, right, key, alternate, alternates, values):
    asked = {"alternate": alternates, "values": values}
    versions = [land(["k", "v", "a"], rows) for rows in (left, right)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "WAYS", ())
        exact = everything(*versions, **asked)
        patch.setattr(engine, "HASH", Mark(key, alternate))
        for ways in (ALL, (Work,)):
            patch.setattr(engine, "WAYS", ways)

            assert everything(*versions, **asked) == exact


@settings(max_examples=30, deadline=None)
@given(left=_rows, right=_rows, limit=st.sampled_from([0, 1, 2, 100]))
def test_every_way_gives_the_same_counts_and_rows(left, right, limit):
    versions = [land(["k", "v", "a"], rows) for rows in (left, right)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "WAYS", (Work,))
        grouped = everything(*versions, alternate=[])
        patch.setattr(engine, "WAYS", ALL)
        patch.setattr(pairing, "PAIRS_PER_ROW", limit)

        assert everything(*versions, alternate=[]) == grouped
        assert everything(*versions, alternate=[], with_rows=False)[0] == grouped[0]


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
    monkeypatch.setattr(engine, "HASH", ONE)
    monkeypatch.setattr(pairing, "PAIRS_PER_ROW", 100)

    counts = compare.compare_versions(
        *(land(["k"], [(key,) for key in keys]) for keys in (left, right)), ask("k = k")
    ).counts

    assert marks == [(way, ONE), (Work, EXACT)]
    assert counts.matched == len(set(left) & set(right))
    assert counts.left_only == len(set(left) - set(right))


@pytest.mark.parametrize(
    ("left", "right", "pairs", "moved"),
    [
        ([("1", "a")], [("1", "b")], 0, 0),
        ([("1", "a")], [("2", "b")], 0, 0),
        ([("1", "a"), ("1", "b")], [("1", "c")], 0, 0),
        # One row here and one there, of one key, but not joined: the key repeats.
        ([("1", "a"), ("1", "bb")], [("1", "c")], 0, 0),
        ([("1", "a")], [("1", "b"), ("1", "cc")], 0, 0),
        ([("1", "a"), ("2", "b"), ("2", "b")], [("2", "c")], 0, 0),
        ([("1", "a"), ("2", "b")], [("1", "b"), ("2", "b")], 2, 1),
    ],
)
def test_every_way_for_alternate_keys_to_collide_is_seen(left, right, pairs, moved, monkeypatch):
    marks = []
    monkeypatch.setattr(Work, "hold", _noting(Work, marks))
    one = Mark(HASHED.key, "strlen({text})")
    monkeypatch.setattr(engine, "HASH", one)

    counts = compare.compare_versions(
        *(land(["k", "a"], rows) for rows in (left, right)), ask("k = k", alternate=["a = a"])
    ).counts

    assert marks == [(Work, one), (Work, EXACT)]
    assert (counts.alternate_pairs, counts.moved) == (pairs, moved)


def test_alternate_keys_of_one_side_need_no_proof(monkeypatch):
    marks = []
    monkeypatch.setattr(Work, "hold", _noting(Work, marks))
    one = Mark(HASHED.key, "0::UBIGINT")
    monkeypatch.setattr(engine, "HASH", one)

    counts = compare.compare_versions(
        land(["k", "a"], [("1", "a"), ("2", "b")]),
        land(["k", "a"], [("1", None), ("3", "无")]),
        ask("k = k", alternate=["a = a"]),
    ).counts

    assert marks == [(Work, one)]
    assert (counts.alternate_pairs, counts.other_key_same_thing, counts.moved) == (0, 0, 0)


@pytest.mark.parametrize("values", [[], ["a = a"], ["a = a", "b = b"]])
def test_alternate_key_of_two_parts_is_not_fooled_by_where_they_meet(values):
    left = [("1", "1", "23"), ("2", "x\x1f", "y"), ("3", "x\x1b1", "z"), ("4", "p", "q")]
    right = [("1", "12", "3"), ("2", "x", "\x1fy"), ("3", "x\x1f", "z"), ("5", "p", "q")]
    versions = [land(["k", "a", "b"], rows) for rows in (left, right)]

    for ways in (ALL, ()):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "WAYS", ways)
            counts, listed = everything(*versions, values=values, alternate=["a = a", "b = b"])

        assert (counts.alternate_pairs, counts.other_key_same_thing, counts.moved) == (1, 1, 0)
        assert sum("'p / q'" in row for row in listed) == 3


def test_pairs_are_cut_off_where_keys_repeat_on_both_sides(monkeypatch):
    marks = []
    for way in ALL:
        monkeypatch.setattr(way, "hold", _noting(way, marks))
    rows = [("same", str(i)) for i in range(30_000)]

    counts = compare.compare_versions(
        land(["k", "v"], rows), land(["k", "v"], rows[:20_000]), ask("k = k", values=["v = v"])
    ).counts

    assert marks == [(Pairing, HASHED), (Work, HASHED)]
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

    assert marks == [(Pairing, HASHED)]
    assert (c.left_blank_keys, c.right_blank_keys) == (1, 1)
    assert (c.matched, c.left_only, c.right_only, c.differing) == (3, 0, 1, 2)
    assert (c.left_duplicate_keys, c.right_duplicate_keys) == (1, 0)


def test_keys_of_both_digits_are_never_placeholders():
    runs = [digit * n for digit in "0123456789０１" for n in range(1, 9)]

    assert not [word for word in [*PLACEHOLDERS, *runs] if "0" in word and "1" in word]
    assert [word for word in runs if is_blank(word)]


def test_the_short_test_for_blank_says_what_the_long_one_says():
    openings = [one + rest for one in BLANK_OPENINGS for rest in ("", "1", "锡", " ", "　无")]
    han = [chr(0x4DFF), "一", "鿿", chr(0xA000), "王", "王无", "一一一", "𠀀", "㐀"]
    runs = ["111", "1110", "000", "１１１", "11", "111　", "11 1", "1 1"]
    digits = [*runs, "1", "1　", "2", "01", "10", "12", "138", "1无"]
    texts = [*PLACEHOLDERS, *openings, *han, *digits, "", " ", " 无　", "　王", chr(0xFF21)]

    with pool.engine() as connection:
        said = connection.execute(
            f"SELECT t, {_is_blank('t')} FROM (SELECT unnest(?::VARCHAR[]) AS t)", [[*texts, None]]
        ).fetchall()

    assert [one for one in said if one[1] != is_blank(one[0])] == []
