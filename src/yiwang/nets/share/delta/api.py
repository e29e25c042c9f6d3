"""Delta Sharing: the interface that notebooks and data tools read tables by. 批量共享接口。"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from ninja import Field, Form, Query, Router, Schema

from yiwang.kernel.base.errors import InvalidInput, NotAuthenticated, NotFound
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import api_needs, api_own_login, api_public
from yiwang.kernel.ui.sending import describe_file, read_span, refuse_span, send
from yiwang.nets.share.exchange import services as exchange

from . import protocol, services
from .models import Copy
from .services.addresses import SECONDS
from .types import METHOD, SCHEMA, Kind, Span, Table

router = Router(tags=["delta-sharing"])
CAPABILITIES, VERSION = "Delta-Sharing-Capabilities", "Delta-Table-Version"
LINES = "application/x-ndjson; charset=utf-8"
PARQUET_KIND = "application/vnd.apache.parquet"
TABLE = "/shares/{share}/schemas/{schema_name}/tables/{table}"


class Paging(Schema):
    """Which part of a list is wanted, in the words of the protocol. 分页。"""

    max_results: int = Field(100, ge=0, le=1000, alias="maxResults")
    page_token: str = Field("", max_length=200, alias="pageToken")


class TableQuery(Schema):
    """What a program asks of a table; hints are read and not needed: files are small enough. 表查询。"""

    predicate_hints: list[str] = Field([], max_length=200, alias="predicateHints")
    json_predicate_hints: str = Field("", max_length=20_000, alias="jsonPredicateHints")
    limit_hint: int | None = Field(None, ge=0, alias="limitHint")
    version: int | None = Field(None, ge=0, le=2**31)
    timestamp: datetime | None = None


class VersionQuery(Schema):
    """From which moment on. 版本查询。"""

    starting_timestamp: datetime | None = Field(None, alias="startingTimestamp")


class ChangesQuery(Schema):
    """From which version of a table to which. 变更查询。"""

    starting_version: int | None = Field(None, ge=0, le=2**31, alias="startingVersion")
    ending_version: int | None = Field(None, ge=0, le=2**31, alias="endingVersion")
    starting_timestamp: datetime | None = Field(None, alias="startingTimestamp")
    ending_timestamp: datetime | None = Field(None, alias="endingTimestamp")
    include_historical_metadata: bool = Field(False, alias="includeHistoricalMetadata")


class Signed(Schema):
    """The right to a file; named so that programs take the address for one that is signed. 签名。"""

    signature: str = Field(alias="X-Amz-Signature", max_length=600)


@router.get("/shares", operation_id="delta_list_shares", summary="Shares")
@api_needs(services.USE)
def list_shares(request: HttpRequest, wanted: Query[Paging]) -> Mapping[str, Any]:
    """Each grant of the own organization is a share. 共享列表。"""
    tables, more = _page(request, wanted)
    return _items([{"name": one.share, "id": one.grant_id} for one in tables], more)


@router.get("/shares/{share}", operation_id="delta_get_share", summary="One share")
@api_needs(services.USE)
def read_share(request: HttpRequest, share: str) -> Mapping[str, Any]:
    """One share by the number of its grant. 取共享。"""
    table = services.find_table(actor_of(request), share)
    return {"share": {"name": table.share, "id": table.grant_id}}


@router.get("/shares/{share}/schemas", operation_id="delta_list_schemas", summary="Schemas")
@api_needs(services.USE)
def list_schemas(request: HttpRequest, share: str, wanted: Query[Paging]) -> Mapping[str, Any]:  # noqa: ARG001
    """Each share has one schema. 模式列表。"""
    table = services.find_table(actor_of(request), share)
    return _items([{"name": SCHEMA, "share": table.share}], "")


@router.get(
    "/shares/{share}/schemas/{schema_name}/tables",
    operation_id="delta_list_tables",
    summary="Tables",
)
@api_needs(services.USE)
def list_tables(
    request: HttpRequest, share: str, schema_name: str, wanted: Query[Paging]  # noqa: ARG001
) -> Mapping[str, Any]:  # fmt: skip
    """Each schema has one table: what the grant allows. 表列表。"""
    return _items([_describe(_find(request, share, schema_name))], "")


@router.get(
    "/shares/{share}/all-tables", operation_id="delta_list_all_tables", summary="Tables of a share"
)
@api_needs(services.USE)
def list_all_tables(request: HttpRequest, share: str, wanted: Query[Paging]) -> Mapping[str, Any]:  # noqa: ARG001
    """The tables of all schemas of a share. 全部表。"""
    return _items([_describe(services.find_table(actor_of(request), share))], "")


@router.get(f"{TABLE}/version", operation_id="delta_table_version", summary="Version of a table")
@api_needs(services.USE)
def read_version(
    request: HttpRequest, share: str, schema_name: str, table: str,
    wanted: Query[VersionQuery],
) -> HttpResponse:  # fmt: skip
    """The version of a table, or the first at or after a moment. 表版本。"""
    found = _find(request, share, schema_name, table)
    plan, copy = services.ensure_copy(actor_of(request), found.grant_id)
    if wanted.starting_timestamp:
        copy = services.pick_since(plan, copy, Span(since=wanted.starting_timestamp))
    return HttpResponse("", headers={VERSION: str(copy.number)}, content_type=LINES)


@router.get(f"{TABLE}/metadata", operation_id="delta_table_metadata", summary="Columns of a table")
@api_needs(services.USE)
def read_metadata(request: HttpRequest, share: str, schema_name: str, table: str) -> HttpResponse:
    """Protocol and columns of a table. 表元数据。"""
    found = _find(request, share, schema_name, table)
    _plan, copy = services.ensure_copy(actor_of(request), found.grant_id)
    form = _form(request)
    return _answer(form, copy.number, protocol.head(copy, form))


@router.post(f"{TABLE}/query", operation_id="delta_query_table", summary="Files of a table")
@api_needs(services.USE)
def query_table(
    request: HttpRequest, share: str, schema_name: str, table: str, wanted: TableQuery
) -> HttpResponse:
    """The file of a table's rows; counts all of them against the quota. 取数据文件。"""
    actor, found = actor_of(request), _find(request, share, schema_name, table)
    plan, copy = services.ensure_copy(actor, found.grant_id)
    if wanted.timestamp:
        copy = services.pick_since(plan, copy, Span(until=wanted.timestamp))
    else:
        copy = services.pick_copy(plan, copy, number=wanted.version)
    exchange.hand_out(actor, plan, rows=copy.rows, method=METHOD)
    form, address, expires = _form(request), _addresser(request), _expires()
    files = protocol.list_files(copy, form, address, expires)
    return _answer(form, copy.number, [*protocol.head(copy, form), *files])


@router.get(f"{TABLE}/changes", operation_id="delta_table_changes", summary="Changes of a table")
@api_needs(services.USE)
def read_changes(
    request: HttpRequest, share: str, schema_name: str, table: str, wanted: Query[ChangesQuery]
) -> HttpResponse:
    """What changed from one version to another: rows that came and went; counts them. 变更数据。"""
    actor, found = actor_of(request), _find(request, share, schema_name, table)
    plan, newest = services.ensure_copy(actor, found.grant_id)
    span = Span(
        wanted.starting_version, wanted.ending_version, wanted.starting_timestamp,
        wanted.ending_timestamp,
    )  # fmt: skip
    copies = services.pick_changes(plan, newest, span)
    rows = sum(one.rows if one.changes < 0 else one.changes for one in copies)
    exchange.hand_out(actor, plan, rows=rows, method=METHOD)
    form, address, expires = _form(request), _addresser(request), _expires()
    changes = [protocol.list_change(one, form, address, expires) for one in copies]
    lines = [*protocol.head(newest, form, version=copies[0].number), *filter(None, changes)]
    return _answer(form, copies[0].number, lines)


@router.api_operation(
    ["GET", "HEAD"], "/files/{copy_id}/{kind}.parquet", operation_id="delta_file",
    summary="Bytes of a file",
)  # fmt: skip
@api_public
def read_file(
    request: HttpRequest, copy_id: str, kind: Kind, wanted: Query[Signed]
) -> HttpResponseBase:
    """The bytes of a file for whoever has its signed address, while the grant holds. 取文件。

    The signature says whose it is; grant, account and token are asked again at each request, and
    while the bytes leave.
    """
    ticket = services.open_ticket(copy_id, kind, wanted.signature)
    if not ticket.path.exists():
        raise NotFound("delta.file.missing", "This file is not there any more; ask anew")
    whole = ticket.path.stat().st_size
    span = read_span(request, whole)
    if span is None:
        return refuse_span(whole)
    name = f"{ticket.plan.grant.request.number}-{ticket.copy.number}.parquet"
    if request.method == "HEAD":
        return describe_file(HttpResponse(), span, name=name, kind=PARQUET_KIND)
    source = exchange.FileSource(ticket.path.open("rb"), start=span.start, size=span.size)
    blocks = exchange.Sending(ticket.actor, ticket.plan, source)
    return send(blocks, span, name=name, kind=PARQUET_KIND)


class TokenRequest(Schema):
    """What a program sends for a token. 换取令牌。"""

    grant_type: str = Field(max_length=100)
    scope: str = Field("", max_length=1000)
    client_id: str = Field("", max_length=200)
    client_secret: str = Field("", max_length=200)


@router.post("/oauth/token", operation_id="delta_token", summary="A token for an hour")
@api_own_login
@api_public
def give_token(request: HttpRequest, wanted: Form[TokenRequest]) -> JsonResponse:
    """A token for an hour, for the id and the secret of a token: OAuth 2 client credentials. 短期令牌。"""
    if wanted.grant_type != "client_credentials":
        raise InvalidInput("delta.token.grant", "Only client_credentials is known here")
    name, secret = _read_client(request, wanted)
    found, seconds = identity.issue_pass(name, secret)
    said = {"access_token": found, "token_type": "Bearer", "expires_in": seconds}
    return JsonResponse(said, headers={"Cache-Control": "no-store"})


def _read_client(request: HttpRequest, wanted: TokenRequest) -> tuple[str, str]:
    scheme, _space, told = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return wanted.client_id, wanted.client_secret
    try:
        name, _colon, secret = base64.b64decode(told, validate=True).decode().rpartition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise NotAuthenticated("delta.token.basic", "The credentials cannot be read") from None
    return name, secret


def _page(request: HttpRequest, wanted: Paging) -> tuple[list[Table], str]:
    return services.list_tables(
        actor_of(request), after=wanted.page_token, limit=wanted.max_results or 100
    )


def _items(items: list[dict[str, str]], more: str) -> dict[str, Any]:
    return {"items": items} | ({"nextPageToken": more} if more else {})


def _describe(table: Table) -> dict[str, str]:
    return {
        "name": table.name, "schema": SCHEMA, "share": table.share,
        "shareId": table.grant_id, "id": table.grant_id,
    }  # fmt: skip


def _find(request: HttpRequest, share: str, schema_name: str, table: str = "") -> Table:
    found = services.find_table(actor_of(request), share)
    if schema_name != SCHEMA or (table and table != found.name):
        raise NotFound("delta.table.missing", "This share has no such table")
    return found


def _form(request: HttpRequest) -> str:
    return protocol.choose_format(request.headers.get(CAPABILITIES, ""))


def _answer(form: str, number: int, lines: list[Mapping[str, Any]]) -> HttpResponse:
    said = {
        VERSION: str(number),
        CAPABILITIES: f"responseformat={form}",
        "Cache-Control": "no-store",
    }
    return HttpResponse(protocol.write_lines(lines), content_type=LINES, headers=said)


def _expires() -> int:
    return int((time.time() + SECONDS) * protocol.THOUSAND)


def _addresser(request: HttpRequest) -> protocol.Addresser:
    actor = actor_of(request)
    token_id = _token_of(request)

    def address(copy: Copy, kind: Kind) -> str:
        ticket = services.make_ticket(actor, copy, kind, token_id=token_id)
        place = f"/api/v1/delta-sharing/files/{copy.id}/{kind}.parquet"
        return request.build_absolute_uri(f"{place}?X-Amz-Signature={ticket}")

    return address


def _token_of(request: HttpRequest) -> str:
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return identity.find_token_id(secret.strip()) if scheme.lower() == "bearer" else ""
