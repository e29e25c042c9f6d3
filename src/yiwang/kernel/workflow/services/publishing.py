"""Published case types, and publishing them. 流程定义发布。"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.declared import read_document
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import Case, CaseTypeVersion
from yiwang.kernel.workflow.types import TYPE_GATES, CaseType, Children, Push

from .borrowing import check_sources
from .declaring import build_case_type, read_case_type
from .guards import compile_guard
from .keeping import check_keeps
from .knowing import check_known
from .permissions import PUBLISH
from .seeing import is_guarded


def publish_case_type(
    actor: Actor, text: str, *, name: str = "case.yaml", reason: str = ""
) -> CaseType:
    """Publish what a file declares as the next version of its type. 发布流程定义。

    Cases that run go on under the version they began with. The same file again changes nothing.
    Holders of `workflow.types.publish`. InvalidInput names file and line.
    """
    with acting(actor, "workflow.type.publish", on=Ref("workflow.type", ""), reason=reason) as act:
        actor.require(PUBLISH)
        return publish_text(act, text, name=name)


def publish_text(act: Act, text: str, *, name: str) -> CaseType:
    """The same within an act that asked who may. 发布流程定义（行为内）。"""
    case_type = read_case_type(text, name=name)
    digest = hashlib.sha256(text.encode()).hexdigest()
    newest = _newest(case_type.code)
    act.on = Ref("workflow.type", case_type.code, case_type.title["zh"])
    if newest and newest.digest == digest:
        act.note(version=newest.version, unchanged=True)
        return get_type(newest.pk)
    _check_children(case_type)
    check_keeps(case_type)
    check_sources(case_type)
    check_known(case_type)
    row = _create(
        code=case_type.code,
        version=newest.version + 1 if newest else 1,
        title=case_type.title,
        source=text,
        digest=digest,
        published_by=act.actor.id,
        published_at=now(),
    )
    act.note(version=row.version, digest=digest)
    return get_type(row.pk)


def _create(**columns: Any) -> CaseTypeVersion:
    try:
        with transaction.atomic():
            return CaseTypeVersion.objects.create(**columns)
    except IntegrityError as error:
        raise Conflict(
            "workflow.type.changed", "Somebody else has just published this type; look again"
        ) from error


def _check_children(case_type: CaseType) -> None:
    """What it opens must be there, or a case would stand still when it comes to open it."""
    for node in case_type.nodes.values():
        for opened in (node.children, node.push):
            wanted = opened.type if opened else case_type.code
            row = None if wanted == case_type.code else _newest(wanted)
            if wanted != case_type.code and row is None:
                raise NotFound(
                    "workflow.type.unknown", "There is no case type %(type)s", type=wanted
                )
            child = get_type(row.pk) if row else case_type
            for into, key in _list_taken(case_type, opened):
                _check_taken(case_type, child, into, key)


def _list_taken(case_type: CaseType, opened: Children | Push | None) -> Iterator[tuple[str, str]]:
    """Fields of what is opened, each with one here that it takes over or is worked out from."""
    yield from (opened.data if opened else {}).items()
    for share in opened.shares if isinstance(opened, Children) else ():
        for into, text in share.give.items():
            yield from ((into, key) for key in sorted(compile_guard(case_type, text).names))


def _check_taken(case_type: CaseType, child: CaseType, into: str, key: str) -> None:
    """What not everybody sees here must not stand open to all who read the case that takes it over."""
    field, taken = case_type.fields.get(key), child.fields.get(into)
    if field and taken and is_guarded(field) and not is_guarded(taken):
        raise InvalidInput(
            "workflow.type.bare",
            "%(type)s takes over %(field)s as %(into)s, which everybody sees whole there",
            type=child.code, field=key, into=into,
        )  # fmt: skip


def _newest(code: str) -> CaseTypeVersion | None:
    return CaseTypeVersion.objects.filter(code=code).order_by("-version").first()


def get_type(type_id: str) -> CaseType:
    """A published version by its id; kept at hand, for it never changes. 取流程定义版本。"""
    return _load(type_id)


@lru_cache(maxsize=512)
def _load(type_id: str) -> CaseType:
    row = CaseTypeVersion.objects.get(pk=type_id)
    # It was checked when it was published; a schema that has grown stricter since does not undo it.
    document = read_document(row.source, name=row.code, schema={})
    return build_case_type(document.data, version=row.version)


def find_newest(code: str) -> tuple[str, CaseType]:
    """The newest version of a type, with its id; NotFound. 最新版本。"""
    row = CaseTypeVersion.objects.filter(code=code).order_by("-version").first()
    if row is None:
        raise NotFound("workflow.type.unknown", "There is no case type %(type)s", type=code)
    return row.pk, get_type(row.pk)


def find_newest_of(codes: Collection[str]) -> dict[str, CaseType]:
    """The newest versions of several types, by code; unknown codes left out. 批量取最新版本。"""
    rows = CaseTypeVersion.objects.filter(code__in=codes).order_by("code", "version")
    newest = dict(rows.values_list("code", "pk")) if codes else {}
    return {code: get_type(pk) for code, pk in newest.items()}


def find_version(code: str, version: int) -> tuple[str, CaseType]:
    """One version of a type, with its id; NotFound. 指定版本。"""
    row = CaseTypeVersion.objects.filter(code=code, version=version).first()
    if row is None:
        raise NotFound(
            "workflow.type.version_unknown",
            "There is no version %(version)s of %(type)s",
            version=version,
            type=code,
        )
    return row.pk, get_type(row.pk)


def list_startable(actor: Actor) -> list[CaseType]:
    """The newest version of each type that the actor may start, by code. 可发起流程。"""
    newest = CaseTypeVersion.objects.values("code").annotate(v=Max("version"))
    keys = {(one["code"], one["v"]) for one in newest}
    rows = CaseTypeVersion.objects.filter(code__in=[code for code, _ in keys])
    found = [
        get_type(row.pk)
        for row in rows.only("pk", "code", "version")
        if (row.code, row.version) in keys
    ]
    mine = (one for one in found if one.starts & actor.roles and is_in_use(one.code))
    return sorted(mine, key=lambda one: one.code)


def is_in_use(code: str) -> bool:
    """Whether a type may be started: nobody who brought it has taken it back. 是否在用。"""
    return all(gate(code) for gate in TYPE_GATES.values())


def count_open(codes: Sequence[str], most: int = 1000) -> int:
    """How many cases of these types are open, counted to a limit. 在办流程数。"""
    rows = Case.objects.filter(code__in=codes, closed_at=None)
    return len(rows.values_list("pk")[:most])
