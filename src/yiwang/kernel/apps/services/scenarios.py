"""Tests that an app brings: given, when, then; run on this node and undone. 应用用例。

Each test has people and organizations of its own, made for it and gone with it. It goes through
the same services as pages and API do, so what it may do is what such a person may do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from yiwang.kernel.apps.types import Files, Outcome, Scenario
from yiwang.kernel.base.act import SYSTEM, Actor, get_actor
from yiwang.kernel.base.declared import load_schema, read_document
from yiwang.kernel.base.errors import InvalidInput, NotFound, YiwangError
from yiwang.kernel.identity import services as identity
from yiwang.kernel.query import services as query
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import InvalidValues, Wanted
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.services.testing import (
    count_sent,
    describe_for_test,
    find_sent,
    find_split_by,
    find_task_for,
    spread_for_test,
    tell_sight,
)

from .claiming import tell_difference, tell_if_seen
from .ordering import list_cases
from .reading import HEAD, TESTS, read_head, records_of, within
from .ruling import count_found
from .samples import sample_upload, send_samples

STAGED = "zz_"
"""In front of the code of an app while its tests run. 试运行前缀。"""
SCHEMA = load_schema("yiwang.kernel.apps.schemas", "test.schema.json")


class _Undo(Exception):
    """Takes back all that a test did."""


class _Fails(Exception):
    """A step or a claim did not go as told; `where` is its place in the file."""

    def __init__(self, where: tuple[str | int, ...], told: str) -> None:
        self.where, self.told = where, told
        super().__init__(told)


def read_scenario(text: str, name: str) -> Scenario:
    """A test read from its file; InvalidInput names the line. 读取用例。"""
    document = read_document(text, name=name, schema=SCHEMA)
    told = document.data
    if name.partition("/")[2] != f"{told['test']}.yaml":
        raise document.refuse(
            ("test",), "apps.test.name", "the test must be called as its file is: %(name)s", name=name
        )  # fmt: skip
    lines = {"/".join(map(str, path)): line for path, line in document.lines.items()}
    return Scenario(
        told["test"], name, told.get("people", {}), told.get("given", ()), told["when"],
        told["then"], lines, told.get("organizations", {}),
    )  # fmt: skip


def run_scenarios(actor: Actor, files: Files) -> list[Outcome]:
    """Every test of an app, each undone. 运行用例。

    The app stands for them under another code, so they meet no record and no case of the city's.
    """
    staged = stage(files)
    found = [read_scenario(text, name) for name, text in within(staged, TESTS)]
    outcomes: list[Outcome] = []
    try:
        with transaction.atomic():
            if found:
                _rehearse(actor, staged)
            outcomes += [_run_one(one, staged) for one in found]
            raise _Undo
    except _Undo:
        pass
    return [replace(one, problem=one.problem.replace(STAGED, "")) for one in outcomes]


def stage(files: Files) -> dict[str, str]:
    """The same app under another code; lines stay where they are. 换码。"""
    app = read_head(files).app
    named = re.compile(rf"(?<![\w.]){app}\.(?=[a-z])")
    staged = {name: named.sub(f"{STAGED}{app}.", text) for name, text in files.items()}
    own = re.compile(rf"^(app\s*:\s*[\"']?){app}\b", re.MULTILINE)
    return {**staged, HEAD: own.sub(rf"\g<1>{STAGED}{app}", files[HEAD])}


def _rehearse(actor: Actor, staged: Files) -> None:
    declared = records_of(staged)
    if declared:
        records.rehearse_bundle(actor, declared)
    for name, text in list_cases(staged):
        workflow.publish_case_type(actor, text, name=name)


def _run_one(scenario: Scenario, staged: Files) -> Outcome:
    place: tuple[str | int, ...] = ("test",)
    problem = ""
    try:
        with transaction.atomic():
            _Play(scenario, staged).run()
            raise _Undo
    except _Undo:
        pass
    except _Fails as failure:
        place, problem = failure.where, failure.told
    return Outcome(scenario.name, scenario.file, _line(scenario, place), problem)


def _line(scenario: Scenario, place: tuple[str | int, ...]) -> int:
    while place and (key := "/".join(map(str, place))) not in scenario.lines:
        place = place[:-1]
    return scenario.lines.get(key, 1) if place else 1


class _Play:
    """One test as it goes. 用例过程。 `known` holds the ids of what was made, by the names given."""

    def __init__(self, scenario: Scenario, staged: Files) -> None:
        self.scenario, self.staged, self.head = scenario, staged, read_head(staged)
        self.people: dict[str, str] = {}
        self.organizations: dict[str, str] = {}
        self.known: dict[str, tuple[str, str]] = {}

    def run(self) -> None:
        """Make the people, go through the steps, hold the claims against what came of it. 运行。"""
        for name in self.scenario.organizations:
            self._organization(name)
        for name, one in self.scenario.people.items():
            self._make_person(name, one)
        for part, steps in (("given", self.scenario.given), ("when", self.scenario.when)):
            for at, step in enumerate(steps):
                self._take(step, (part, at))
        for at, claim in enumerate(self.scenario.then):
            self._hold(claim, ("then", at))

    def _make_person(self, name: str, one: Mapping[str, str]) -> None:
        code = self._organization(one.get("of", "office"))
        info, _ = identity.create_account(SYSTEM, name=f"app-test-{name}", organization_code=code)
        identity.grant_role(SYSTEM, info.id, one["role"])
        self.people[name] = info.id

    def _organization(self, name: str) -> str:
        if name not in self.organizations:
            told = self.scenario.organizations.get(name, {})
            above = self._organization(told["under"]) if "under" in told else ""
            code = f"app-test-{len(self.organizations)}"
            identity.create_organization(
                SYSTEM, code=code, name=f"测试-{name}", parent_code=above,
                kind=told.get("kind", "department"),
            )  # fmt: skip
            self.organizations[name] = code
        return self.organizations[name]

    def _actor(self, name: str, where: tuple[str | int, ...]) -> Actor:
        if name not in self.people:
            raise _Fails(where, f"there is nobody called {name} in this test")
        return get_actor(self.people[name])

    def _code(self, short: str) -> str:
        return short if "." in short else f"{self.head.app}.{short}"

    def _fill(self, value: Any) -> Any:
        """`@name` is an account, `$name` an organization, `#name` what was made under that name."""
        if isinstance(value, Mapping):
            return {key: self._fill(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._fill(one) for one in value]
        if not isinstance(value, str) or len(value) < 2:
            return value
        sources: dict[str, Mapping[str, str]] = {
            "@": self.people, "$": self.organizations,
            "#": {name: found for name, (_, found) in self.known.items()},
        }  # fmt: skip
        return sources.get(value[0], {}).get(value[1:], value)

    def _take(self, step: Mapping[str, Any], where: tuple[str | int, ...]) -> None:
        actor = self._actor(step["by"], where)
        wanted = step.get("refused")
        try:
            with transaction.atomic():
                made = self._do(actor, step, where)
        except YiwangError as error:
            if wanted is None or not _is_refusal(error, wanted):
                raise _Fails(where, f"{error.code}: {error.detail}") from error
            return
        if wanted is not None:
            raise _Fails(where, f"it should have been refused ({wanted}), but it was done")
        if made and "as" in step:
            self.known[step["as"]] = made

    def _do(
        self, actor: Actor, step: Mapping[str, Any], where: tuple[str | int, ...]
    ) -> tuple[str, str] | None:
        if "create" in step:
            code = self._code(step["create"])
            values = self._send_values(actor, code, step.get("values", {}))
            return code, records.create_record(records.at_desk(actor), code, values).id
        if "start" in step:
            code = self._code(step["start"])
            data = self._send_data(actor, code, step.get("data", {}))
            return code, workflow.start_case(actor, code, data).pk
        if "act" in step:
            self._decide(actor, step, where)
            return None
        if "send" in step:
            spread_for_test(self._made(step["send"], where)[1])
            return None
        if "report" in step or "ask" in step:
            self._tell(actor, step, where)
            return None
        self._change(actor, step, where)
        return None

    def _decide(self, actor: Actor, step: Mapping[str, Any], where: tuple[str | int, ...]) -> None:
        code, task = self._task(actor, step["act"], step, where)
        data = self._send_data(actor, code, step.get("data", {}))
        sent = [
            workflow.keep_upload(actor, code, workflow.BESIDE, sample_upload(name))["id"]
            for name in step.get("files", ())
        ]
        workflow.act_on_task(
            actor, task, step.get("action", "agree"), opinion=step.get("opinion", ""), data=data,
            files=sent,
        )  # fmt: skip

    def _tell(self, actor: Actor, step: Mapping[str, Any], where: tuple[str | int, ...]) -> None:
        """Report on a task, or ask whoever assigned it; for what was split, while its parts run."""
        if split := self._find_split(actor, step, where):
            days = step.get("days", 0)
            workflow.request_for_parts(actor, split, reason=step.get("opinion", ""), days=days)
            return
        code, task = self._task(actor, step.get("report") or step["ask"], step, where)
        note = step.get("opinion", "")
        if "report" in step:
            data = self._send_data(actor, code, step.get("data", {}))
            workflow.report(actor, task, data, note=note)
        else:
            days = step.get("days", 0)
            workflow.request(actor, task, step["action"], reason=note, days=days)

    def _find_split(
        self, actor: Actor, step: Mapping[str, Any], where: tuple[str | int, ...]
    ) -> str:
        """The case whose parts run and which the actor split, for who has no task to ask with."""
        if step.get("action") != "delay" or "ask" not in step:
            return ""
        case = self._case(step["ask"], step, where)[1]
        return "" if find_task_for(actor, case) else find_split_by(actor, case)

    def _task(
        self, actor: Actor, name: str, step: Mapping[str, Any], where: tuple[str | int, ...]
    ) -> tuple[str, str]:
        """The code of a case that was made, and the actor's task in it or in a part of it."""
        code, case = self._case(name, step, where)
        task = find_task_for(actor, case)
        if not task:
            raise NotFound("apps.test.no_task", "This person has no task in this case")
        return code, task

    def _send_data(self, actor: Actor, code: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """What is filled into a case, its samples sent first. 流程数据。"""
        fields = workflow.find_newest(code)[1].fields
        return send_samples(
            self._fill(data),
            lambda key, upload: workflow.keep_upload(actor, code, fields[key], upload),
        )

    def _send_values(self, actor: Actor, code: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """What is filled into a record, its samples sent first. 记录数据。"""
        desk = records.at_desk(actor)
        return send_samples(
            self._fill(values), lambda key, upload: records.keep_upload(desk, code, key, upload)
        )

    def _case(
        self, name: str, told: Mapping[str, Any], where: tuple[str | int, ...]
    ) -> tuple[str, str]:
        """Type and id of a case that was made, or with `of` of the one sent to that organization."""
        code, case = self._made(name, where)
        if "of" not in told:
            return code, case
        found = find_sent(case, self._organization(told["of"]))
        if found is None:
            raise _Fails(where, f"nothing was sent to {told['of']}")
        return found

    def _change(self, actor: Actor, step: Mapping[str, Any], where: tuple[str | int, ...]) -> None:
        code, record = self._made(step.get("edit") or step["remove"], where)
        desk = records.at_desk(actor)
        rev = records.get_record(desk, code, record).rev
        if "remove" in step:
            records.remove_record(desk, code, record, rev=rev)
        else:
            values = self._send_values(actor, code, step.get("values", {}))
            records.update_record(desk, code, record, values, rev=rev)

    def _made(self, name: str, where: tuple[str | int, ...]) -> tuple[str, str]:
        if name not in self.known:
            raise _Fails(where, f"nothing was made under the name {name}")
        return self.known[name]

    def _hold(self, claim: Mapping[str, Any], where: tuple[str | int, ...]) -> None:
        try:
            wrong = self._differs(claim, where)
        except YiwangError as error:
            wrong = f"{error.code}: {error.detail}"
        if wrong:
            raise _Fails(where, wrong)

    def _differs(self, claim: Mapping[str, Any], where: tuple[str | int, ...]) -> str:
        if "case" in claim:
            return self._case_differs(claim, where)
        if "rule" in claim:
            found = count_found(self.staged, self._code(claim["entity"]), claim["rule"])
            return "" if found == claim["rows"] else f"{found} rows, not {claim['rows']}"
        desk = records.at_desk(self._actor(claim["by"], where))
        if "entity" in claim:
            return self._count_differs(desk, claim)
        code, record = self._made(claim.get("record") or claim["unseen"], where)
        if "unseen" in claim:
            return tell_if_seen(desk, code, record)
        held = records.get_record(desk, code, record)
        told = records.to_json(desk.entity(code), held.values)
        masked = set(claim.get("masked", ())) - held.masked
        if masked:
            return f"not masked: {', '.join(sorted(masked))}"
        return tell_difference(self._fill(claim.get("values", {})), told)

    def _count_differs(self, desk: records.Desk, claim: Mapping[str, Any]) -> str:
        code = self._code(claim["entity"])
        schema = desk.snapshot.schema(desk.entity(code))
        text = claim.get("where", "")
        wanted = Wanted(filter=query.parse_filter(text, schema) if text else None)
        found = records.count_records(desk, code, wanted).number
        return "" if found == claim["count"] else f"{found} records, not {claim['count']}"

    def _case_differs(self, claim: Mapping[str, Any], where: tuple[str | int, ...]) -> str:
        case = self._case(claim["case"], claim, where)[1]
        counts = count_sent(case) if "asked" in claim or "done" in claim else {}
        for key in ("asked", "done"):
            if key in claim and counts[key] != claim[key]:
                return f"{key} is {counts[key]}, not {claim[key]}"
        found = describe_for_test(case)
        for key in ("at", "ended"):
            if key in claim and found[key] != claim[key]:
                return f"the case is {found['ended'] or found['at']}, not {claim[key]}"
        if "files" in claim and found["files"] != claim["files"]:
            return f"the case holds {found['files']} files, not {claim['files']}"
        if "asks" in claim and self.people.get(claim["asks"]) not in found["asks"]:
            return f"{claim['asks']} is not asked"
        return tell_sight(self._actor(claim["by"], where), case, claim) if "by" in claim else ""


def _is_refusal(error: YiwangError, wanted: str) -> bool:
    codes = {error.code}
    if isinstance(error, InvalidValues):
        codes |= {one.code for one in error.problems} | {one.path for one in error.problems}
    return wanted in codes or wanted == "any"


def first_failure(outcomes: Iterable[Outcome]) -> InvalidInput | None:
    """The error that says which test failed, where and how. 首个失败用例。"""
    for one in outcomes:
        if not one.held:
            return InvalidInput(
                "apps.test.failed",
                "%(file)s, line %(line)s: the test %(test)s failed: %(problem)s",
                file=one.file,
                line=one.line,
                test=one.name,
                problem=one.problem,
            )
    return None
