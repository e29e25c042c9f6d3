"""Readers that run in a process of their own. 隔离进程读取。

Parsers of old or binary formats can loop, take all memory or crash on a file made for it. They run
in a child with limits of memory, processor time and file size; what happens to it is a refusal of
the file and nothing more.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from yiwang.kernel.base.text import msg

from .errors import FileRefused, LimitPassed
from .frame import Area
from .grid import GridRow
from .limits import Budget
from .opening import Opened
from .spool import Spooled, SpooledSource, spool
from .types import Note, ReadLimits, TableSource


@dataclass
class IsolatedTable:
    """One table that a reader in a child gives back; `rows` are taken before the next. 隔离读出的表。"""

    sheet: str
    rows: Iterable[GridRow]
    names: Sequence[str] | None = None
    notes: list[Note] = field(default_factory=list)
    merged: Sequence[Area] = ()


IsolatedReader = Callable[[Path, dict[str, Any]], Iterator[IsolatedTable]]


def read_isolated(
    opened: Opened, reader: str, *, kind: str, options: dict[str, Any]
) -> list[TableSource]:
    """The tables that `module:function` finds in the file, run in a child. 隔离读取。

    Raises FileRefused as the child did; LimitPassed when it ran out of memory or time; FileRefused
    `tabular.file.crashed` when it died.
    """
    folder = opened.scratch.new_file()
    folder.mkdir()
    job = {
        "reader": reader,
        "path": str(opened.path),
        "folder": str(folder),
        "file": opened.name,
        "limits": asdict(opened.budget.limits),
        "options": options,
    }
    answer = _run(opened, job)
    if "code" in answer:
        kind_of_error = LimitPassed if answer["limit"] else FileRefused
        raise kind_of_error(answer["code"], answer["message"], **answer["extra"])
    return [_source(opened, kind, table) for table in answer["tables"]]


def _run(opened: Opened, job: dict[str, Any]) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    limits = opened.budget.limits
    try:
        done = subprocess.run(
            [sys.executable, "-m", "yiwang.kernel.tabular.isolated"],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=limits.seconds + 5,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise opened.budget.out_of_time() from error
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    if done.returncode == _NO_MEMORY:
        raise LimitPassed(
            "tabular.limit.memory",
            msg("%(file)s needs more than %(limit)s bytes of memory to be read. Send it as CSV."),
            file=opened.name,
            limit=limits.memory,
        )
    raise FileRefused(
        "tabular.file.crashed",
        msg(
            "%(file)s is damaged, or made to harm: its reader was stopped. Save it as XLSX or CSV."
        ),
        file=opened.name,
        status=done.returncode,
    )


def _source(opened: Opened, kind: str, table: dict[str, Any]) -> SpooledSource:
    spooled = Spooled.from_json(table["spooled"])
    names = table["names"]
    source = SpooledSource(opened, spooled, kind=kind, sheet=table["sheet"], names=names)
    source.notes += [Note(**note) for note in table["notes"]]
    return source


_NO_MEMORY = 71


def _main() -> int:
    """The child: its job on standard input, its answer on standard output."""
    job = json.loads(sys.stdin.buffer.read())
    limits = ReadLimits(**job["limits"])
    _confine(limits)
    try:
        answer = _answer(job, limits)
    except FileRefused as error:
        limited = isinstance(error, LimitPassed)
        answer = {"code": error.code, "message": error.message, "extra": error.extra}
        answer["limit"] = limited
    except MemoryError:
        return _NO_MEMORY
    sys.stdout.write(json.dumps(answer))
    return 0


def _confine(limits: ReadLimits) -> None:
    seconds = int(limits.seconds) + 1
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.unpacked, limits.unpacked))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(job: dict[str, Any], limits: ReadLimits) -> dict[str, Any]:
    module, _, name = job["reader"].partition(":")
    reader: IsolatedReader = getattr(import_module(module), name)
    path, folder = Path(job["path"]), Path(job["folder"])
    budget = Budget(job["file"], limits)
    tables = []
    for number, table in enumerate(reader(path, {**job["options"], "file": job["file"]})):
        target = folder / f"{number}.rows"
        spooled = spool(table.rows, target, budget, packed=path.stat().st_size)
        spooled.survey.merged = list(table.merged)
        notes = [asdict(note) for note in table.notes]
        tables.append(
            {
                "sheet": table.sheet,
                "names": table.names,
                "notes": notes,
                "spooled": spooled.as_json(),
            }
        )
    return {"tables": tables}


if __name__ == "__main__":
    sys.exit(_main())
