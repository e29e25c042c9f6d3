"""Tree maths against the definition of RFC 6962, written down as slowly as it stands there."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.evidence.formats import tree
from yiwang.kernel.evidence.formats.tiles import (
    PATTERN,
    Tiles,
    Torn,
    name_tile,
    pack_entries,
    unpack_entries,
)


def split(leaves):
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return leaves[:k], leaves[k:]


def mth(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    left, right = split(leaves)
    return hashlib.sha256(b"\x01" + mth(left) + mth(right)).digest()


def path(m, leaves):
    if len(leaves) == 1:
        return []
    left, right = split(leaves)
    if m < len(left):
        return [*path(m, left), mth(right)]
    return [*path(m - len(left), right), mth(left)]


def subproof(m, leaves, b):
    if m == len(leaves):
        return [] if b else [mth(leaves)]
    left, right = split(leaves)
    if m <= len(left):
        return [*subproof(m, left, b), mth(right)]
    return [*subproof(m - len(left), right, False), mth(left)]


def entries(count):
    return [f"entry {at}".encode() for at in range(count)]


def read_from(leaves):
    return lambda level, index: mth(leaves[index << level : (index + 1) << level])


sizes = st.integers(1, 150)


@given(sizes, st.data())
def test_proofs_are_those_of_the_definition_and_lead_to_its_root(size, data):
    leaves = entries(size)
    index = data.draw(st.integers(0, size - 1))

    found = tree.prove_inclusion(read_from(leaves), index, size)

    assert found == path(index, leaves)
    assert tree.find_root(read_from(leaves), size) == mth(leaves)
    assert tree.root_of_inclusion(tree.hash_leaf(leaves[index]), index, size, found) == mth(leaves)


@given(sizes, st.data())
def test_consistency_is_that_of_the_definition_and_holds_for_its_two_roots_only(size, data):
    leaves = entries(size)
    old = data.draw(st.integers(1, size))

    found = tree.prove_consistency(read_from(leaves), old, size)

    assert found == subproof(old, leaves, True)
    before, after = mth(leaves[:old]), mth(leaves)
    assert tree.is_consistent(old, before, size, after, found)
    other = mth([*leaves[: old - 1], b"other"])
    assert not tree.is_consistent(old, other, size, after, found)
    assert not tree.is_consistent(old, before, size, mth([*leaves[:-1], b"other"]), found)


@given(st.integers(2, 100), st.data())
def test_a_changed_path_leads_elsewhere_or_nowhere(size, data):
    leaves = entries(size)
    index = data.draw(st.integers(0, size - 1))
    found = path(index, leaves)
    at = data.draw(st.integers(0, len(found) - 1))
    changed = [*found[:at], bytes(32), *found[at + 1 :]]
    leaf = tree.hash_leaf(leaves[index])

    assert tree.root_of_inclusion(leaf, index, size, changed) != mth(leaves)
    for wrong in (found[:-1], [*found, bytes(32)]):
        with pytest.raises(ValueError, match="the path is too"):
            tree.root_of_inclusion(leaf, index, size, wrong)


@given(st.lists(st.integers(1, 700), min_size=1, max_size=4))
def test_tiles_written_in_any_batches_give_the_same_roots_and_proofs(batches):
    leaves = entries(sum(batches))
    with TemporaryDirectory() as folder:
        tiles = Tiles(Path(folder))
        size = 0
        for count in batches:
            old, size = size, tiles.extend(size, leaves[size : size + count])
            assert tiles.find_root(size) == mth(leaves[:size])
            tiles.drop_partials(old, size)
            assert tiles.find_root(old) == mth(leaves[:old])
        read = tiles.reader(size)
        for index in {0, size // 2, size - 1}:
            assert tree.prove_inclusion(read, index, size) == path(index, leaves)
        assert tiles.read_entries((size - 1) // 256, (size - 1) % 256 + 1)[-1] == leaves[-1]


def test_a_tree_of_seventy_thousand_has_the_files_that_the_standard_names(tmp_path):
    tiles = Tiles(tmp_path)
    tiles.extend(0, [b"x"] * 70_000)

    def count(level):
        found = [one for one in (tmp_path / "tile" / level).rglob("*") if one.is_file()]
        partial = [one.name for one in found if ".p" in str(one.parent)]
        return len(found) - len(partial), partial

    assert count("0") == (273, ["112"])
    assert count("1") == (1, ["17"])
    assert count("2") == (0, ["1"])
    assert count("entries") == (273, ["112"])


@pytest.mark.parametrize(
    ("number", "width", "name"),
    [(0, 256, "tile/0/000"), (1234067, 256, "tile/0/x001/x234/067"), (5, 17, "tile/0/005.p/17")],
)
def test_names_of_tiles(number, width, name):
    assert name_tile(0, number, width) == name
    assert PATTERN.fullmatch(name)


@pytest.mark.parametrize(
    "name",
    ["tile/0/00", "tile/64/000", "tile/0/../000", "tile/0/000.p/256", "tile/0/000.p/0",
     "tile/00/000", "tile/0/000.new", "tile/data/000"],
)  # fmt: skip
def test_other_names_are_no_tiles(name):
    assert not PATTERN.fullmatch(name)


@given(st.lists(st.binary(max_size=300)))
def test_bundles_give_back_what_was_packed(things):
    assert unpack_entries(pack_entries(things)) == things


def test_a_bundle_or_tile_that_breaks_off_is_said_to_be_torn(tmp_path):
    with pytest.raises(Torn):
        unpack_entries(pack_entries([b"abc"])[:-1])
    tiles = Tiles(tmp_path)
    tiles.extend(0, entries(3))
    (tmp_path / "tile/0/000.p/3").write_bytes(b"short")
    with pytest.raises(Torn):
        tiles.find_root(3)
