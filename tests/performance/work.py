"""One measured piece of work in a process of its own; prints what it took as JSON. 单项测量。

The process is fresh, so its peak memory is the work's own. Loading libraries and making inputs is
not counted in the times.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

THREADS = min(os.cpu_count() or 1, 8)
FOLDER = Path(os.environ.get("YIWANG_BENCH", "."))
VALUES = ("name", "phone", "address")


def plain() -> Any:
    """DuckDB alone, as the pool sets it up but with nothing of ours around it."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {THREADS}")
    connection.execute(f"SET memory_limit = '{memory_limit()}'")
    return connection


def memory_limit() -> str:
    """The limit that both sides get."""
    return os.environ.get("YIWANG_BENCH_MEMORY", "2GB")


def floor_landing() -> Callable[[], Any]:
    """DuckDB reads the CSV, all text, and writes zstd Parquet."""
    connection = plain()
    query = f"SELECT * FROM read_csv('{FOLDER}/left.csv', all_varchar = true)"
    target = FOLDER / "floor.parquet"
    return lambda: connection.execute(
        f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    ).fetchall()


def floor_join() -> Callable[[], Any]:
    """One bare join on the key expression, as our query language writes it, counted."""
    from yiwang.kernel.query import services as query

    pair = query.parse_key_pair("trim(id_no) = trim(id_no)")
    left = query.compile_node(pair.left, "duckdb", alias="l").sql
    right = query.compile_node(pair.right, "duckdb", alias="r").sql
    return _join(f"{left} = {right}")


def floor_alternate_join() -> Callable[[], Any]:
    """One bare join on the alternate key expression, counted."""
    return _join("l.name = r.name AND l.phone = r.phone")


def _join(condition: str) -> Callable[[], Any]:
    connection = plain()
    sides = [f"read_parquet('{FOLDER}/{side}.parquet')" for side in ("left", "right")]
    query = f"SELECT count(*) FROM {sides[0]} AS l JOIN {sides[1]} AS r ON {condition}"
    return lambda: connection.execute(query).fetchall()


def land(name: str) -> Callable[[], Any]:
    """All of our landing: look at every byte, stage, profile, digest, flush."""
    _django()
    from yiwang.kernel.pool import services as pool
    from yiwang.kernel.tabular import services as tabular
    from yiwang.kernel.tabular.types import ReadOptions

    def work() -> int:
        options = ReadOptions(scratch=FOLDER)
        (source,) = tabular.open_source(FOLDER / name, name, options)
        if source.fast is None:
            staged = pool.stage_batches(source.columns, source.batches())
        else:
            staged = pool.stage_delimited(source.fast, source.columns)
        return staged.rows

    return work


def keep_bytes() -> Callable[[], Any]:
    """The delivery's bytes digested and encrypted on their way to the disk, as every landing does."""
    _django()
    from django.core.management import call_command

    from yiwang.kernel.files import services as files

    call_command("migrate", verbosity=0)
    key = files.create_key()

    def work() -> int:
        with (FOLDER / "left.csv").open("rb") as stream:
            return files.write_file(stream, name="left.csv", resource_key=key).size

    return work


def floor_bytes() -> Callable[[], Any]:
    """SHA-256 and AES-GCM alone over the same bytes, a megabyte at a time, kept nowhere."""
    import hashlib

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher, digest = AESGCM(bytes(32)), hashlib.sha256()

    def work() -> str:
        with (FOLDER / "left.csv").open("rb") as stream:
            for number, piece in enumerate(iter(lambda: stream.read(1 << 20), b"")):
                digest.update(piece)
                cipher.encrypt(number.to_bytes(12, "big"), piece, None)
        return digest.hexdigest()

    return work


def compare(
    *,
    alternate: bool = False,
    with_rows: bool = False,
    key: str = "trim(id_no) = trim(id_no)",
    values: tuple[str, ...] = VALUES,
) -> Callable[[], Any]:
    """Our comparison over two versions of the pool."""
    _django()
    from django.core.management import call_command

    from yiwang.kernel.base.act import SYSTEM, Act, Ref
    from yiwang.kernel.pool import services as pool
    from yiwang.kernel.pool.types import Staged, StagedPart
    from yiwang.kernel.query import services as query
    from yiwang.nets.share.compare import services
    from yiwang.nets.share.compare.types import Request

    call_command("migrate", verbosity=0)
    act = Act(SYSTEM, "bench", Ref("pool.table", "bench"))
    versions = []
    for side in ("left", "right"):
        target = pool.pool_folder() / "staging" / f"{side}-{os.getpid()}.parquet"
        os.link(FOLDER / f"{side}.parquet", target)
        connection = plain()
        columns = [row[0] for row in connection.execute(f"DESCRIBE FROM '{target}'").fetchall()]
        rows = connection.execute(f"SELECT count(*) FROM '{target}'").fetchone()[0]
        staged = Staged(tuple(columns), rows, (StagedPart(target, "0" * 64, 1, rows),))
        versions.append(pool.commit(act, pool.create_table(act, name=side), staged).id)
    request = Request(
        keys=(query.parse_key_pair(key),),
        values=tuple(query.parse_key_pair(f"{name} = {name}") for name in values),
        alternate=tuple(query.parse_key_pairs("name = name, phone = phone")) if alternate else (),
    )
    return lambda: services.compare_versions(*versions, request, with_rows=with_rows)


WORK: dict[str, Callable[[], Callable[[], Any]]] = {
    "floor_landing": floor_landing,
    "land_utf8": lambda: land("left.csv"),
    "land_gb18030": lambda: land("gb18030.csv"),
    "floor_bytes": floor_bytes,
    "keep_bytes": keep_bytes,
    "floor_join": floor_join,
    "floor_alternate_join": floor_alternate_join,
    "compare_counts": compare,
    "compare_rows": lambda: compare(with_rows=True),
    "compare_alternate_counts": lambda: compare(alternate=True),
    "compare_alternate_rows": lambda: compare(alternate=True, with_rows=True),
    # No part of the alternate key is also a value; every pair of it stands under two keys.
    "compare_alternate_apart": lambda: compare(alternate=True, values=("address", "remark")),
    "compare_alternate_across": lambda: compare(alternate=True, key="id_no = household_no"),
}


def _django() -> None:
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    settings.YIWANG_MEMORY_LIMIT = memory_limit()


def main(name: str) -> None:
    """Prepare, run once, print. 执行一项。"""
    work = WORK[name]()
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    work()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_mb": after.ru_maxrss / 1024}))


if __name__ == "__main__":
    main(sys.argv[1])
