"""Deliveries for programs. 报送接口。"""

from __future__ import annotations

from datetime import datetime
from typing import Any, BinaryIO, cast

from django.http import HttpRequest
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import PageQuery, Reason, api_needs, take_newest

from . import services
from .models import Delivery
from .services.permissions import LAND, PURGE, SEE, WITHDRAW
from .types import DeliveryKind, DeliveryState, Instructions

router = Router(tags=["deliveries"])


class DeliveryOut(Schema):
    """One delivery. 报送。"""

    id: str
    resource: str
    resource_name: str
    owner: str
    sender: str
    file_name: str
    member: str
    size: int
    sha256: str
    kind: str
    state: str
    rows: int
    version: int | None
    differences: dict[str, int]
    error: dict[str, Any] | None
    job: str
    received_at: datetime
    landed_at: datetime | None


class DeliveryPage(Schema):
    """The latest deliveries first; `after` asks for older ones. 报送页。"""

    deliveries: list[DeliveryOut]
    after: str


class DeliveryQuery(PageQuery):
    """Which deliveries. 报送查询。"""

    state: DeliveryState | None = None


class SendIn(Schema):
    """What a file is. 报送说明。"""

    owner: str = Field(min_length=1, max_length=40)
    name: str = Field("", max_length=200)
    kind: DeliveryKind = DeliveryKind.FULL
    key: list[str] = Field(default_factory=list, max_length=20)
    sheet: str = Field("", max_length=200)
    records: str = Field("", max_length=500)
    encoding: str = Field("", max_length=40)


@router.get("/", response=DeliveryPage, operation_id="list_deliveries", summary="Deliveries")
@api_needs(SEE)
def list_all(request: HttpRequest, wanted: Query[DeliveryQuery]) -> dict[str, Any]:
    """Deliveries within reach, the latest first. 报送列表。"""
    rows = services.visible_deliveries(actor_of(request))
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    found, more = take_newest(rows, wanted)
    return {"deliveries": found, "after": more}


@router.post("/", response={202: DeliveryOut}, operation_id="send_file", summary="Send in a file")
@api_needs(LAND)
def send(request: HttpRequest, told: Form[SendIn], file: File[UploadedFile]) -> Status[Delivery]:
    """Keep the bytes and queue the landing; ask for the delivery to see what became of it. 报送文件。"""
    instructions = Instructions(
        kind=told.kind,
        key=tuple(told.key),
        sheet=told.sheet,
        records=told.records,
        encoding=told.encoding,
    )
    delivery = services.receive_file(
        actor_of(request),
        cast("BinaryIO", file),
        file_name=file.name or "unnamed",
        owner=told.owner,
        name=told.name,
        instructions=instructions,
    )
    return Status(202, delivery)


@router.get(
    "/{delivery}", response=DeliveryOut, operation_id="get_delivery", summary="One delivery"
)
@api_needs(SEE)
def read(request: HttpRequest, delivery: str) -> Delivery:
    """One delivery and what became of it. 取报送。"""
    return services.get_delivery(actor_of(request), delivery)


@router.post(
    "/{delivery}/land", response=DeliveryOut, operation_id="land_anyway", summary="Land after all"
)
@api_needs(LAND)
def land(request: HttpRequest, delivery: str, body: Reason) -> Delivery:
    """Land a held delivery after a person has looked. 确认汇聚。"""
    return services.land_anyway(actor_of(request), delivery, reason=body.reason)


@router.post(
    "/{delivery}/withdraw",
    response=DeliveryOut,
    operation_id="withdraw_delivery",
    summary="Withdraw",
)
@api_needs(WITHDRAW)
def withdraw(request: HttpRequest, delivery: str, body: Reason) -> Delivery:
    """Undo a wrong delivery; its bytes stay. 撤回。"""
    return services.withdraw_delivery(actor_of(request), delivery, reason=body.reason)


@router.post(
    "/{delivery}/purge",
    response=list[DeliveryOut],
    operation_id="purge_delivery",
    summary="Purge",
)
@api_needs(PURGE)
def purge(request: HttpRequest, delivery: str, body: Reason) -> list[Delivery]:
    """Destroy bytes and rows of a file that should never have come. 清除。"""
    return services.purge_delivery(actor_of(request), delivery, reason=body.reason)
