"""Everything wrong with the files of an app, each with file and line. 应用检查。"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from yiwang.kernel.apps.models import InstalledApp
from yiwang.kernel.apps.types import Files, Head
from yiwang.kernel.base.declared import Path, read_document
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Entity
from yiwang.kernel.workflow.services.declaring import find_problems as find_case_problems

from .reading import (
    CASES,
    TESTS,
    check_names,
    list_samples,
    plain_head,
    read_head,
    records_of,
    within,
)
from .references import find_loose_ends
from .ruling import find_rule_problems
from .scenarios import read_scenario


def find_problems(files: Files) -> list[InvalidInput]:
    """All that is wrong: the files first, then what each says, then how they hang together. 问题清单。"""
    try:
        check_names(files, [len(text) for text in files.values()])
        head = read_head(files)
    except InvalidInput as error:
        return [error]
    entities = {name[len("entities/") : -len(".yaml")] for name, _ in within(files, "entities")}
    return [
        *_records(files), *_cases(files, head), *find_loose_ends(files, head), *_counted(files),
        *find_rule_problems(files, head), *_tests(files), *_needs(files, head), *_samples(files, entities),
    ]  # fmt: skip


def _records(files: Files) -> Iterator[InvalidInput]:
    declared = records_of(files)
    if declared:
        yield from records.find_problems(declared, known=_known())


def _known() -> dict[str, Entity]:
    return dict(records.snapshot().entities)


def _cases(files: Files, head: Head) -> Iterator[InvalidInput]:
    for name, text in within(files, CASES):
        found = find_case_problems(text, name=name)
        yield from found
        if found:
            continue
        document = read_document(text, name=name, schema={})
        code = str(document.data["case"])
        stem = name.partition("/")[2].removesuffix(".yaml")
        if code != f"{head.app}.{stem}":
            yield document.refuse(
                ("case",), "apps.case.name",
                "the case must be called %(case)s, after its app and its file",
                case=f"{head.app}.{stem}",
            )  # fmt: skip


def _counted(files: Files) -> Iterator[InvalidInput]:
    """Dashboards count cases of their own app."""
    told = {name.partition("/")[2].removesuffix(".yaml") for name, _ in within(files, CASES)}
    for name, text in within(files, "dashboards"):
        try:
            document = read_document(text, name=name, schema={})
        except InvalidInput:
            continue  # It was told of among the records.
        for path, code in _codes_of(document.data):
            if code not in told:
                yield document.refuse(
                    path, "apps.dashboard.case", "there is no case type %(case)s%(suggestion)s",
                    case=code, suggestion=suggest(code, told),
                )  # fmt: skip


def _codes_of(data: Any) -> Iterator[tuple[Path, str]]:
    blocks = data.get("blocks") if isinstance(data, dict) else None
    for at, block in enumerate(blocks if isinstance(blocks, list) else ()):
        named = block.get("cases") if isinstance(block, dict) else None
        for place, code in enumerate(named if isinstance(named, list) else ()):
            yield ("blocks", at, "cases", place), str(code)


def _tests(files: Files) -> Iterator[InvalidInput]:
    for name, text in within(files, TESTS):
        try:
            read_scenario(text, name)
        except InvalidInput as error:
            yield error


def _samples(files: Files, entities: Collection[str]) -> Iterator[InvalidInput]:
    """Tables that no entity of the app could take in."""
    for name in list_samples(files):
        if name not in entities:
            yield InvalidInput(
                "apps.sample.entity",
                "%(file)s holds samples of an entity that the app does not declare",
                file=f"sample/{name}.csv",
            )


def _needs(files: Files, head: Head) -> Iterator[InvalidInput]:
    """Other apps must stand, and none of them may need this one."""
    document = plain_head(files)
    standing = {
        row.app: row.needs
        for row in InstalledApp.objects.exclude(version=None).only("app", "needs")
    }
    for at, need in enumerate(head.needs):
        if need.app != head.app and need.app not in standing:
            yield document.refuse(
                ("needs", at), "apps.need.missing", "the app %(app)s is not installed", app=need.app
            )
        elif _reaches(need.app, head.app, standing):
            yield document.refuse(
                ("needs", at), "apps.need.circle", "%(app)s needs this app already", app=need.app
            )


def _reaches(start: str, goal: str, standing: dict[str, list[str]]) -> bool:
    seen: set[str] = set()
    todo = [start]
    while todo:
        one = todo.pop()
        if one == goal:
            return True
        if one not in seen:
            seen.add(one)
            todo += standing.get(one, [])
    return False


def check_app(files: Files) -> Head:
    """What app.yaml says of files that are well; InvalidInput names the first fault. 检查应用。"""
    problems = find_problems(files)
    if problems:
        raise problems[0]
    return read_head(files)
