"""Rows of requests and grants, written without their way, for tests of lists and addresses."""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.clock import today
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.exchange.models import DeliveryOut, Denial, Grant, Request, Terms


def add_grant(resource: Resource, organization: str, at: int = 1) -> Grant:
    """A request of an organization, granted, used once, and a line on the deny list."""
    until = today() + timedelta(days=30 + at)
    request = Request.objects.create(
        number=f"GX-2026-{at:06d}", resource=resource, organization=organization, account="nobody",
        purpose_kind="contact", purpose="走访", duty="职责", columns=["code"], until=until,
        method="page", volume=1000, state="granted",
    )  # fmt: skip
    grant = Grant.objects.create(
        request=request, resource=resource, organization=organization, purpose="走访", until=until,
        account="nobody",
    )  # fmt: skip
    Terms.objects.create(
        grant=grant, number=1, columns=["code"], begins=today(), until=until, quota=100_000,
        rate=100_000, account="nobody", act_id="none",
    )  # fmt: skip
    DeliveryOut.objects.create(
        grant=grant, terms=1, version=1, account="nobody", method="page", columns=["code"], rows=1,
        state="done", act_id="none",
    )  # fmt: skip
    Denial.objects.create(
        organization="D09", resource=resource, reason="转给第三方", account="nobody"
    )
    return grant
