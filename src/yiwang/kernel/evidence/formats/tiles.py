"""Tiles and entry bundles as files: C2SP tlog-tiles. 分片文件。

A tile holds up to 256 hashes of one level of the tree, a bundle up to 256 entries. What is written
is a function of the entries and their order alone, so writing once more what a crash left half done
gives the same bytes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from .tree import HASH_BYTES, Subtree, find_root, fold, hash_leaf

WIDTH = 256
HEIGHT = 8
MOST_LEVELS = 64
ENTRY_BYTES = 65_535
ENTRIES = "entries"
PATTERN = re.compile(
    r"tile/(?:entries|[0-9]|[1-5][0-9]|6[0-3])/(?:x[0-9]{3}/){0,6}[0-9]{3}"
    r"(?:\.p/(?:[1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
"""The addresses of tiles below a log's prefix. 分片地址格式。"""


class Torn(Exception):
    """A file of the log is missing or is not what its name says. 分片缺损。"""


def name_tile(level: int | str, number: int, width: int = WIDTH) -> str:
    """The path of a tile below the log's prefix: `tile/0/x001/234.p/17`. 分片路径。"""
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.append(f"x{number % 1000:03d}")
    path = f"tile/{level}/{'/'.join(reversed(parts))}"
    return path if width == WIDTH else f"{path}.p/{width}"


def pack_entries(entries: Iterable[bytes]) -> bytes:
    """Entries as a bundle: each behind its length in two bytes. 打包条目。"""
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)


def unpack_entries(bundle: bytes) -> list[bytes]:
    """The entries of a bundle; Torn where it breaks off. 拆包条目。"""
    found, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if at + 2 > len(bundle) or end > len(bundle):
            raise Torn("a bundle of entries breaks off")
        found.append(bundle[at + 2 : end])
        at = end
    return found


class Tiles:
    """The files of one log below a folder. 分片文件夹。"""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, level: int, number: int, width: int) -> bytes:
        """The first `width` hashes of a tile; Torn where there are fewer. 读取分片。

        A partial tile may have given way to the full one.
        """
        for name in dict.fromkeys((name_tile(level, number, width), name_tile(level, number))):
            try:
                found = (self.folder / name).read_bytes()
            except FileNotFoundError:
                continue
            if len(found) >= width * HASH_BYTES:
                return found[: width * HASH_BYTES]
        raise Torn(f"{name_tile(level, number, width)} is missing or too short")

    def read_entries(self, number: int, width: int) -> list[bytes]:
        """The first `width` entries of a bundle; Torn where there are fewer. 读取条目。"""
        for name in (name_tile(ENTRIES, number, width), name_tile(ENTRIES, number)):
            file = self.folder / name
            if file.exists():
                found = unpack_entries(file.read_bytes())
                if len(found) >= width:
                    return found[:width]
        raise Torn(f"{name_tile(ENTRIES, number, width)} is missing or too short")

    def reader(self, size: int) -> Subtree:
        """What reads subtrees of the tree of `size` leaves; it remembers the tiles it met. 读取器。"""

        @lru_cache(maxsize=64)
        def tile(level: int, number: int) -> bytes:
            width = min(WIDTH, (size >> HEIGHT * level) - number * WIDTH)
            return self.read(level, number, width)

        def subtree(height: int, index: int) -> bytes:
            level, above = divmod(height, HEIGHT)
            number, place = divmod(index << above, WIDTH)
            found = tile(level, number)
            return fold(list(_hashes(found, place, place + (1 << above))))

        return subtree

    def find_root(self, size: int) -> bytes:
        """The root of the first `size` leaves, from the files. 由文件求树根。"""
        return find_root(self.reader(size), size)

    def read_edge(self, size: int) -> None:
        """Read what a longer tree builds on; Torn where it is not whole. 核对右缘。"""
        level = 0
        while size >> HEIGHT * level:
            number, width = divmod(size >> HEIGHT * level, WIDTH)
            if width:
                self.read(level, number, width)
                if not level:
                    self.read_entries(number, width)
            level += 1

    def extend(self, size: int, entries: Sequence[bytes]) -> int:
        """Write the files that entries after the first `size` ask for; gives the new size. 追加。

        All is on the disk when it returns. Torn where the files of the first `size` are not whole.
        """
        files = self._bundles(size, entries) | self._tiles(size, entries)
        write_files(self.folder, files)
        return size + len(entries)

    def drop_partials(self, old: int, size: int) -> None:
        """Remove partial files whose full one came between two sizes. 清理残片。"""
        level = 0
        while old >> HEIGHT * level != size >> HEIGHT * level:
            first, end = (one >> HEIGHT * (level + 1) for one in (old, size))
            for number in range(first, end):
                self._drop(level, number)
                if not level:
                    self._drop(ENTRIES, number)
            level += 1

    def _drop(self, level: int | str, number: int) -> None:
        folder = self.folder / f"{name_tile(level, number)}.p"
        if folder.is_dir():
            for file in folder.iterdir():
                file.unlink(missing_ok=True)
            folder.rmdir()

    def _bundles(self, size: int, entries: Sequence[bytes]) -> dict[str, bytes]:
        number, width = divmod(size, WIDTH)
        before = self.read_entries(number, width) if width else []
        return {
            name_tile(ENTRIES, at, len(lot)): pack_entries(lot)
            for at, lot in _lots(number, [*before, *entries])
        }

    def _tiles(self, size: int, entries: Sequence[bytes]) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        level, fresh = 0, [hash_leaf(one) for one in entries]
        while fresh:
            number, width = divmod(size, WIDTH)
            before = list(_hashes(self.read(level, number, width), 0, width)) if width else []
            full = []
            for at, lot in _lots(number, before + fresh):
                files[name_tile(level, at, len(lot))] = b"".join(lot)
                if len(lot) == WIDTH:
                    full.append(fold(lot))
            level, size, fresh = level + 1, size >> HEIGHT, full
        return files


def _hashes(tile: bytes, first: int, end: int) -> Iterator[bytes]:
    for at in range(first, end):
        yield tile[at * HASH_BYTES : (at + 1) * HASH_BYTES]


def _lots(number: int, things: Sequence[bytes]) -> Iterator[tuple[int, Sequence[bytes]]]:
    for at in range(0, len(things), WIDTH):
        yield number + at // WIDTH, things[at : at + WIDTH]


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files so that after a crash each has its old content or the new one. 原子写入。"""
    drafts: list[tuple[Path, Path]] = []
    folders: dict[Path, None] = {}
    for name, content in files.items():
        file = folder / name
        for made in _make_folder(file.parent):
            folders[made.parent] = None
        draft = file.with_name(f"{file.name}.new")
        with draft.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        drafts.append((draft, file))
        folders[file.parent] = None
    for draft, file in drafts:
        draft.replace(file)
    for one in folders:
        _sync_folder(one)


def _make_folder(folder: Path) -> list[Path]:
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
    return missing


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
