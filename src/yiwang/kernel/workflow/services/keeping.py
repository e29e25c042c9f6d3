"""Records that a case keeps: written in the step that brings it there. 流程登记。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.errors import InvalidInput, NotFound, fill
from yiwang.kernel.expressions.services import Expression, evaluate_expression
from yiwang.kernel.query.types import All, Compare, Field, Literal
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Entity, Record, Wanted
from yiwang.kernel.workflow.models import Case
from yiwang.kernel.workflow.types import CaseType, Keep, LookUp

from .guards import compile_kept, facts_of
from .machine.draft import Draft


def keep_records(act: Act, case: Case, draft: Draft) -> None:
    """Write what the steps that were entered keep, in the transaction of the act. 登记记录。"""
    for event in draft.events:
        if event.kind == "entered":
            node = draft.type.nodes.get(event.body["node"])
            for keep in node.keeps if node else ():
                _write(act, case, draft, keep)
        elif event.kind == "terminated":
            for keep in draft.type.terminated:
                _write(act, case, draft, keep)
    for keep in draft.type.keeps if draft.events else ():
        _write(act, case, draft, keep)


def _write(act: Act, case: Case, draft: Draft, keep: Keep) -> None:
    moments = {"case_opened": case.opened_at.isoformat(), "case_moment": act.at.isoformat()}
    known = {**facts_of(draft.state, draft.type), **moments, **draft.state.data}
    values = {key: _compute(draft.type, text, known) for key, text in keep.values.items()}
    try:
        records.keep_for_case(
            act, keep.entity, case.pk, values, owner=case.starter, organization=case.organization
        )
    except records.InvalidValues as error:
        raise _of_the_case(draft.type, keep, error) from error


def _of_the_case(case_type: CaseType, keep: Keep, error: records.InvalidValues) -> InvalidInput:
    """The first problem of a record, told of the field of the case that gave the value."""
    problem = error.problems[0]
    text = keep.values.get(problem.path, "")
    found = compile_kept(case_type, text).key if text else ""
    field = case_type.fields.get(found or "")
    return InvalidInput(
        "workflow.keeps.refused",
        "%(field)s: %(problem)s",
        field=field.label["zh"] if field else problem.path,
        key=field.key if field else "",
        problem=fill(problem.message, dict(problem.extra)),
        said=problem.message,
        facts=dict(problem.extra),
        offers=_offers_of_the_case(case_type, keep, problem.extra.get("offers", ())),
    )


def _offers_of_the_case(
    case_type: CaseType, keep: Keep, offers: Iterable[Mapping[str, str]]
) -> list[dict[str, str]]:
    """Free slots told of the fields of the case that gave the full one; none where one was computed."""
    mine = {key: compile_kept(case_type, text).key for key, text in keep.values.items()}
    told = [{mine.get(key) or "": value for key, value in one.items()} for one in offers]
    return [one for one in told if set(one) <= set(case_type.fields)]


def _compute(case_type: CaseType, text: str, known: Mapping[str, Any]) -> Any:
    """What a field of the case that nobody filled in gives is nothing."""
    expression = compile_kept(case_type, text)
    if expression.key and known.get(expression.key) is None:
        return None
    if _names_files(case_type, expression):
        return known[expression.key or ""]
    return evaluate_expression(expression, known)


def look_up(rule: LookUp, data: Mapping[str, Any]) -> dict[str, Any]:
    """What the record gives that says the same as the case, the longest text first. 查找登记。

    `城乡建设/城乡规划` is found where nothing is said of `城乡建设/城乡规划/违章建筑`. Among several
    the oldest counts; where none is found each field is None.
    """
    desk = records.system_desk()
    values = [_shorter(data.get(key)) for key in rule.match.values()]
    for wanted in product(*values):
        if record := _find(desk, rule, wanted):
            told = records.to_json(desk.entity(rule.entity), record.values)
            return {key: told.get(one) for key, one in rule.gives.items()}
    return dict.fromkeys(rule.gives)


def _find(desk: records.Desk, rule: LookUp, wanted: Sequence[str]) -> Record | None:
    told = zip(rule.match, wanted, strict=True)
    parts = tuple(Compare("=", Field(key), Literal(value, "text")) for key, value in told)
    page = records.list_records(desk, rule.entity, Wanted(fixed=All(parts), limit=1))
    return page.records[0] if page.records else None


def _shorter(value: Any) -> list[str]:
    """A text, then the same without its last level, and so on."""
    if value in (None, ""):
        return []
    parts = str(value).split("/")
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def check_keeps(case_type: CaseType) -> None:
    """Raise NotFound unless what a type keeps and looks up is declared. 检查登记目标。"""
    entities = records.snapshot().entities
    for code, keys in _entities_of(case_type):
        entity = entities.get(code)
        if entity is None:
            raise NotFound(
                "records.entity.unknown", "There are no records of %(entity)s", entity=code
            )
        for key in keys:
            if key not in entity.fields:
                raise NotFound(
                    "workflow.type.keeps",
                    "%(entity)s has no field %(field)s",
                    entity=code,
                    field=key,
                )
    _check_files(case_type, entities)


def _check_files(case_type: CaseType, entities: Mapping[str, Entity]) -> None:
    """Files are kept as they are, by name; nothing is computed of them. 检查附件登记。"""
    for keep in _list_keeps(case_type):
        for key, text in keep.values.items():
            takes = entities[keep.entity].fields[key].kind == "files"
            if takes != _names_files(case_type, compile_kept(case_type, text)):
                raise InvalidInput(
                    "workflow.type.keeps_files",
                    "%(field)s: files are kept from a field of files, and as such only",
                    field=key,
                )


def _list_keeps(case_type: CaseType) -> Iterator[Keep]:
    yield from case_type.keeps
    for node in case_type.nodes.values():
        yield from node.keeps
    yield from case_type.terminated


def _names_files(case_type: CaseType, expression: Expression) -> bool:
    field = case_type.fields.get(expression.key or "")
    return field is not None and field.kind == "files"


def _entities_of(case_type: CaseType) -> Iterator[tuple[str, Iterable[str]]]:
    yield from ((keep.entity, keep.values) for keep in _list_keeps(case_type))
    for node in case_type.nodes.values():
        if node.look_up:
            yield node.look_up.entity, [*node.look_up.match, *node.look_up.gives.values()]
    yield from ((one.entity, ()) for one in case_type.suggests.values())
