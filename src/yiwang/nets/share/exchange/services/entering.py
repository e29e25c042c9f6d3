"""What of a grant goes into the evidence log. 授权存证。"""

from __future__ import annotations

import hashlib
from pathlib import Path

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.evidence import services as evidence
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.exchange.models import DeliveryOut, Grant, Terms

from .deciding import Plan
from .finding import get_grant, get_terms, ref_of


def enter_grant(act: Act, kind: str, grant: Grant) -> None:
    """Enter what became of a grant, with the terms that hold now; reasons stay in the ledger. 授权存证。"""
    terms = get_terms(grant)
    evidence.record_evidence(act, kind, _facts_of(grant, terms) | _terms_of(terms))


def enter_delivery(act: Act, delivery: DeliveryOut, plan: Plan) -> None:
    """Enter what is about to leave under a grant. 交付存证。"""
    facts = {
        "delivery": delivery.id,
        "version": delivery.version,
        "method": str(delivery.method),
        "columns": list(plan.columns),
        "masked": sorted(plan.masks),
        "rows": delivery.rows,
    }
    about = _facts_of(plan.grant, plan.terms)
    evidence.record_evidence(act, "share.delivery.made", about | facts)


def enter_file(actor: Actor, delivery: DeliveryOut, plan: Plan, file: Path) -> None:
    """Enter the digest of a file that is about to leave: whoever has it can show where from. 文件存证。"""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    facts = {"delivery": delivery.id, "sha256": digest, "bytes": file.stat().st_size}
    with ledger.acting(actor, "share.delivery.file", on=ref_of(plan.grant)) as act:
        act.note(**facts)
        evidence.record_evidence(
            act, "share.delivery.file", _facts_of(plan.grant, plan.terms) | facts
        )


def take_evidence(actor: Actor, grant_id: str) -> bytes:
    """What was entered about a grant, with proofs, for whoever may see the grant: a ZIP. 授权存证包。"""
    return evidence.make_bundle(actor, [ref_of(get_grant(actor, grant_id))])


def _facts_of(grant: Grant, terms: Terms) -> dict[str, object]:
    return {
        "grant": grant.id,
        "number": grant.request.number,
        "resource": grant.resource.code,
        "organization": grant.organization,
        "terms": terms.number,
    }


def _terms_of(terms: Terms) -> dict[str, object]:
    return {
        "columns": list(terms.columns),
        "clear": list(terms.clear),
        "row_filter": terms.row_filter,
        "begins": terms.begins.isoformat(),
        "until": terms.until.isoformat(),
        "quota": terms.quota,
        "rate": terms.rate,
    }
