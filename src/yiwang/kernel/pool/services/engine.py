"""The compute engine, fenced in. 计算引擎。

Every connection is in memory, bounded, and reaches only the pool's own folder and what the
caller names; extensions are never loaded, and the configuration is locked before any query runs.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from django.conf import settings

from yiwang.kernel.base.errors import InvalidInput, TooMany, Unavailable

from .sql import quote_text

POLL_SECONDS = 0.2
Connection = duckdb.DuckDBPyConnection


def pool_folder() -> Path:
    """Where parts, staged files and spilled data lie. 数据池目录。"""
    folder = Path(settings.YIWANG_HOME) / "pool"
    for name in ("parts", "staging", "spill"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def engine(
    *,
    reach: Iterable[Path] = (),
    seconds: float | None = None,
    stopping: Callable[[], bool] | None = None,
    layered: bool = False,
) -> Iterator[Connection]:
    """A connection for one piece of work. 打开计算引擎。

    `reach` names folders to read or write beside the pool's own. `seconds` ends the running query
    with TooMany; `stopping`, asked five times a second, ends it with Unavailable. `layered` leaves
    filters above the layers of workings that they name: pushed below, each is worked out twice.
    """
    connection = duckdb.connect(":memory:", config={"autoload_known_extensions": "false"})
    watch = _Watch(connection, seconds, stopping)
    try:
        if layered:
            connection.execute("SET disabled_optimizers = 'filter_pushdown'")
        _fence(connection, reach)
        with watch:
            yield connection
    except duckdb.InterruptException as error:
        raise watch.explain() from error
    except duckdb.OutOfMemoryException as error:
        raise Unavailable(
            "pool.memory.exhausted",
            "This needs more memory than the node allows (%(limit)s)",
            limit=settings.YIWANG_MEMORY_LIMIT,
        ) from error
    finally:
        connection.close()


def _fence(connection: Connection, reach: Iterable[Path]) -> None:
    folder = pool_folder()
    allowed = ", ".join(quote_text(f"{path}{os.sep}") for path in (folder, *reach))
    threads = int(getattr(settings, "YIWANG_THREADS", 0)) or min(os.cpu_count() or 1, 8)
    for setting, value in (
        ("memory_limit", quote_text(settings.YIWANG_MEMORY_LIMIT)),
        ("threads", str(threads)),
        ("temp_directory", quote_text(folder / "spill")),
        ("autoinstall_known_extensions", "false"),
        ("python_enable_replacements", "false"),
        ("TimeZone", "'UTC'"),
        # Nothing here outlives the connection: compressing its tables at a commit is time lost.
        ("checkpoint_threshold", "'1TB'"),
        ("allowed_directories", f"[{allowed}]"),
        ("enable_external_access", "false"),
        ("lock_configuration", "true"),
    ):
        connection.execute(f"SET {setting} = {value}")


class _Watch:
    """Interrupts the connection when its time is up or it is asked to stop. 看门。"""

    def __init__(
        self,
        connection: Connection,
        seconds: float | None,
        stopping: Callable[[], bool] | None,
    ) -> None:
        self.connection, self.seconds, self.stopping = connection, seconds, stopping
        self.stopped = False
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> None:
        if self.seconds is not None or self.stopping is not None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def explain(self) -> TooMany | Unavailable:
        """The error that says why the query was ended. 中断原因。"""
        if self.stopped:
            return Unavailable("pool.engine.stopped", "The work was asked to stop")
        return TooMany(
            "pool.engine.too_long",
            "This took longer than %(seconds)s seconds and was ended",
            seconds=f"{self.seconds:g}",
        )

    def _run(self) -> None:
        waited = 0.0
        while not self._done.wait(POLL_SECONDS):
            waited += POLL_SECONDS
            self.stopped = self.stopping is not None and self.stopping()
            if self.stopped or (self.seconds is not None and waited >= self.seconds):
                # Again and again: the next query of the same work must not run either.
                self.connection.interrupt()


def try_query(connection: Connection, sql: str, params: Sequence[object] = ()) -> None:
    """Run a query that people had a hand in; InvalidInput where it cannot be run. 试查询。"""
    try:
        connection.execute(sql, list(params)).fetchone()
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise InvalidInput(
            "pool.query.wrong", "The query cannot be run: %(why)s", why=type(error).__name__
        ) from error
