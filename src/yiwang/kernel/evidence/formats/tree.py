"""Merkle trees as in RFC 6962, section 2.1, over SHA-256. 默克尔树。

What reads hashes is a function of a level and an index: it gives the hash of the perfect subtree of
2**level leaves that begins at leaf index * 2**level.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Subtree = Callable[[int, int], bytes]
HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()


def hash_leaf(data: bytes) -> bytes:
    """The hash of one entry. 叶哈希。"""
    return hashlib.sha256(b"\x00" + data).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees. 结点哈希。"""
    return hashlib.sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over a power of two of neighbours. 归并。"""
    row = list(hashes)
    while len(row) > 1:
        row = [hash_children(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]


def find_root(read: Subtree, size: int) -> bytes:
    """The root of the tree of the first `size` leaves. 树根。"""
    return _hash_range(read, 0, size) if size else EMPTY


def prove_inclusion(read: Subtree, index: int, size: int) -> list[bytes]:
    """The audit path of a leaf, its sibling first; ValueError outside of the tree. 包含证明。"""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    path: list[bytes] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(_hash_range(read, middle, end))
            end = middle
        else:
            path.append(_hash_range(read, first, middle))
            first = middle
    return path[::-1]


def prove_consistency(read: Subtree, old: int, size: int) -> list[bytes]:
    """That the tree of `old` leaves is the beginning of that of `size`. 一致性证明。"""
    if not 0 <= old <= size:
        raise ValueError("the old tree is larger than the new one")
    if old in (0, size):
        return []
    path: list[bytes] = []
    first, end, whole = 0, size, True
    while old != end:
        middle = first + _split(end - first)
        if old <= middle:
            path.append(_hash_range(read, middle, end))
            end = middle
        else:
            path.append(_hash_range(read, first, middle))
            first, whole = middle, False
    if not whole:
        path.append(_hash_range(read, first, end))
    return path[::-1]


def root_of_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an audit path leads to; ValueError where it has the wrong length. 由证明求根。"""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    node, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            raise ValueError("the path is too long")
        if node & 1 or node == last:
            found = hash_children(one, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hash_children(found, one)
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return found


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a proof shows that the new tree begins with the old one. 校验一致性证明。"""
    if old > size:
        return False
    if old in (0, size):
        return not path and old_root == (root if old else EMPTY)
    steps = list(path)
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    if node:
        if not steps:
            return False
        before = after = steps.pop(0)
    else:
        before = after = old_root
    for one in steps:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = hash_children(one, before), hash_children(one, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = hash_children(after, one)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old_root and after == root


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _hash_range(read: Subtree, first: int, end: int) -> bytes:
    count = end - first
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return read(level, first >> level)
    middle = first + _split(count)
    return hash_children(_hash_range(read, first, middle), _hash_range(read, middle, end))
