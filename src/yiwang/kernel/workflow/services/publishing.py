"""Published case types, and publishing them. 流程定义发布。"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.declared import read_document
from yiwang.kernel.base.errors import Conflict, NotFound
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import CaseTypeVersion
from yiwang.kernel.workflow.types import CaseType

from .declaring import build_case_type, read_case_type
from .permissions import PUBLISH


def publish_case_type(
    actor: Actor, text: str, *, name: str = "case.yaml", reason: str = ""
) -> CaseType:
    """Publish what a file declares as the next version of its type. 发布流程定义。

    Cases that run go on under the version they began with. The same file again changes nothing.
    Holders of `workflow.types.publish`. InvalidInput names file and line.
    """
    with acting(actor, "workflow.type.publish", on=Ref("workflow.type", ""), reason=reason) as act:
        actor.require(PUBLISH)
        case_type = read_case_type(text, name=name)
        digest = hashlib.sha256(text.encode()).hexdigest()
        newest = _newest(case_type.code)
        act.on = Ref("workflow.type", case_type.code, case_type.title["zh"])
        if newest and newest.digest == digest:
            act.note(version=newest.version, unchanged=True)
            return get_type(newest.pk)
        _check_children(case_type)
        row = _create(
            code=case_type.code,
            version=newest.version + 1 if newest else 1,
            title=case_type.title,
            source=text,
            digest=digest,
            published_by=actor.id,
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
        wanted = node.children.type if node.children else case_type.code
        if wanted != case_type.code and _newest(wanted) is None:
            raise NotFound("workflow.type.unknown", "There is no case type %(type)s", type=wanted)


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
    return sorted((one for one in found if one.starts & actor.roles), key=lambda one: one.code)
