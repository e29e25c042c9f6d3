"""Organizations and accounts for programs. 机构与账号接口。"""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from yiwang.kernel.identity import services
from yiwang.kernel.identity.types import VIEW_ACCOUNTS, VIEW_ORGANIZATIONS
from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import PageQuery, api_needs

router = Router(tags=["organizations and accounts"])


class OrganizationOut(Schema):
    """An organization. 机构。"""

    code: str
    name: str
    short_name: str
    kind: str
    parent_code: str
    region_code: str
    valid_from: date
    valid_until: date | None = None


class OrganizationsOut(Schema):
    """Some organizations, and after which code to go on. 机构列表。"""

    items: list[OrganizationOut]
    next: str = ""


class OrganizationQuery(PageQuery):
    """Which organizations are wanted. 机构查询。"""

    text: str = Field("", max_length=200, description="Part of a name, or how a code begins")
    below: str = Field("", max_length=32, description="Only this organization and those below it")


class AccountOut(Schema):
    """An account. 账号。"""

    id: str
    name: str
    full_name: str
    organization_code: str
    roles: list[str]
    created_at: datetime
    locked_at: datetime | None = None
    last_signed_in_at: datetime | None = None


class AccountsOut(Schema):
    """Some accounts, and after which name to go on. 账号列表。"""

    items: list[AccountOut]
    next: str = ""


class AccountQuery(PageQuery):
    """Which accounts are wanted. 账号查询。"""

    text: str = Field("", max_length=200, description="Part of a name")
    organization: str = Field("", max_length=32, description="Code of the organization")
    role: str = Field("", max_length=20, description="Code of a role held")


@router.get(
    "/organizations",
    response=OrganizationsOut,
    operation_id="list_organizations",
    summary="Organizations by code",
)
@api_needs(VIEW_ORGANIZATIONS)
def list_organizations(
    request: HttpRequest,  # noqa: ARG001
    query: Query[OrganizationQuery],
) -> dict[str, object]:
    """All organizations, those below one, or those found by name. 机构列表。"""
    found = services.list_organizations(
        text=query.text, below=query.below, after=query.after, limit=query.limit + 1
    )
    shown = found[: query.limit]
    return {"items": shown, "next": shown[-1].code if len(found) > query.limit else ""}


@router.get(
    "/organizations/{code}",
    response=OrganizationOut,
    operation_id="get_organization",
    summary="One organization",
)
@api_needs(VIEW_ORGANIZATIONS)
def get_organization(request: HttpRequest, code: str) -> object:  # noqa: ARG001
    """The organization of a code. 机构。"""
    return services.get_organization(code)


@router.get(
    "/accounts", response=AccountsOut, operation_id="list_accounts", summary="Accounts by name"
)
@api_needs(VIEW_ACCOUNTS)
def list_accounts(request: HttpRequest, query: Query[AccountQuery]) -> dict[str, object]:
    """Accounts, narrowed by name, organization or role. 账号列表。"""
    found = services.list_accounts(
        actor_of(request),
        text=query.text,
        organization_code=query.organization,
        role=query.role,
        after=query.after,
        limit=query.limit + 1,
    )
    shown = found[: query.limit]
    return {"items": shown, "next": shown[-1].name if len(found) > query.limit else ""}


@router.get(
    "/accounts/{account_id}",
    response=AccountOut,
    operation_id="get_account",
    summary="One account",
)
@api_needs(VIEW_ACCOUNTS)
def get_account(request: HttpRequest, account_id: str) -> object:
    """The account of a number. 账号。"""
    return services.get_account(actor_of(request), account_id)
