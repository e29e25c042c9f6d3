"""Changing records. 修改记录。"""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from ninja import Body, Header, Query, Schema, Status
from pydantic import Field

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE, at_desk, to_plain
from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import Reason, api_needs

from .routing import RECORD, gives, router
from .showing import answer_record

MOST_ROWS = 1000
ORGANIZATION, REASON = "_organization", "_reason"
_TAG = re.compile(r'"?([0-9]{1,9})"?')

Values = Annotated[dict[str, Any], Body(description="Fields by their keys")]
Seen = Annotated[
    str, Header(alias="If-Match", max_length=40, description="The revision that was seen, as ETag")
]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        max_length=64,
        description="Drawn by the caller: sent twice with it, created once",
    ),
]


class WhyQuery(Schema):
    """Why. 原因。"""

    reason: str = Field("", max_length=300)


class Reveal(Schema):
    """Which field is needed in the clear, and what for. 明文查看。"""

    field: str = Field(min_length=1, max_length=200)
    purpose: str = Field(min_length=4, max_length=300)


class Revealed(Schema):
    """A value in the clear. 明文。"""

    field: str
    value: Any


class Batch(Schema):
    """Records to add, all or none. 批量新增。"""

    rows: list[dict[str, Any]] = Field(min_length=1, max_length=MOST_ROWS)
    reason: str = Field(min_length=1, max_length=300)


class Added(Schema):
    """How many were added. 新增数。"""

    added: int


@router.post(
    "/{code}/", operation_id="create_record", summary="Create", openapi_extra=gives(RECORD, 201)
)
@api_needs(USE)
def create_record(
    request: HttpRequest, code: str, values: Values, idempotency_key: Key = ""
) -> HttpResponse:
    """Create a record; `_organization` says whose it is, `_reason` why. 新增记录。"""
    desk = at_desk(actor_of(request))
    given, facts = split(values, ORGANIZATION, REASON)
    record = services.create_record(
        desk,
        code,
        given,
        organization=facts[ORGANIZATION],
        key=idempotency_key,
        reason=facts[REASON],
    )
    where = f"{quote(request.path)}{quote(record.id)}/"
    return answer_record(desk.entity(code), record, 201, Location=where)


@router.patch(
    "/{code}/{id}/", operation_id="update_record", summary="Change", openapi_extra=gives(RECORD)
)
@api_needs(USE)
def update_record(
    request: HttpRequest,
    code: str,
    id: str,  # noqa: A002
    values: Values,
    if_match: Seen,
) -> HttpResponse:
    """Change the fields that are named; `_reason` says why. 修改记录。"""
    desk = at_desk(actor_of(request))
    given, facts = split(values, REASON)
    record = services.update_record(
        desk, code, id, given, rev=read_rev(if_match), reason=facts[REASON]
    )
    return answer_record(desk.entity(code), record)


@router.delete(
    "/{code}/{id}/", response={204: None}, operation_id="remove_record", summary="Remove"
)
@api_needs(USE)
def remove_record(
    request: HttpRequest,
    code: str,
    id: str,  # noqa: A002
    if_match: Seen,
    asked: Query[WhyQuery],
) -> Status[None]:
    """Remove a record; its history stays, and it can be restored. 删除记录。"""
    desk = at_desk(actor_of(request))
    services.remove_record(desk, code, id, rev=read_rev(if_match), reason=asked.reason)
    return Status(204, None)


@router.post(
    "/{code}/{id}/restore",
    operation_id="restore_record",
    summary="Restore",
    openapi_extra=gives(RECORD),
)
@api_needs(USE)
def restore_record(request: HttpRequest, code: str, id: str, body: Reason) -> HttpResponse:  # noqa: A002
    """Put a removed record back. 恢复记录。"""
    desk = at_desk(actor_of(request))
    record = services.restore_record(desk, code, id, reason=body.reason)
    return answer_record(desk.entity(code), record)


@router.post(
    "/{code}/{id}/reveal", response=Revealed, operation_id="reveal_value", summary="Reveal"
)
@api_needs(USE)
def reveal_value(request: HttpRequest, code: str, id: str, body: Reveal) -> dict[str, Any]:  # noqa: A002
    """One masked value in the clear, on record with its purpose. 明文查看。"""
    desk = at_desk(actor_of(request))
    value = services.reveal_value(desk, code, id, body.field, body.purpose)
    return {"field": body.field, "value": to_plain(value)}


@router.post("/{code}/batch", response={201: Added}, operation_id="add_records", summary="Add many")
@api_needs(USE)
def add_records(request: HttpRequest, code: str, body: Batch) -> Status[dict[str, int]]:
    """Add up to 1,000 records, all or none. 批量新增。"""
    desk = at_desk(actor_of(request))
    added = services.add_records(desk, code, body.rows, reason=body.reason)
    return Status(201, {"added": added})


def split(values: dict[str, Any], *facts: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields, and beside them what the call says with `_` in front. 拆分。"""
    told = {name: values.get(name, "") for name in facts}
    for name, value in told.items():
        if not isinstance(value, str) or len(value) > 300:
            raise InvalidInput(
                "records.fact.wrong", "%(name)s is a text of at most 300 characters", name=name
            )
    return {name: value for name, value in values.items() if name not in facts}, told


def read_rev(header: str) -> int:
    """The revision that an If-Match names. 读取版本。"""
    found = _TAG.fullmatch(header.strip())
    if not found:
        raise InvalidInput(
            "records.match.wrong", 'If-Match names the revision that was seen, such as "3"'
        )
    return int(found[1])
