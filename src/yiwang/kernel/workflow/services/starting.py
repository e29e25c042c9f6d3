"""Starting cases. 发起流程。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.errors import Conflict, NotPermitted
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import Case, Submission

from .attachments import claim_fields, name_by_content
from .borrowing import check_chosen
from .filling import check_filled, check_text
from .permissions import USE
from .places import check_places
from .publishing import find_newest, is_in_use
from .steps import open_case

KEY_AT_MOST = 80


def start_case(
    actor: Actor, code: str, data: Mapping[str, Any], *, title: str = "", key: str = ""
) -> Case:
    """Start a case of a type, under its newest version. 发起。

    `key` is drawn by the form: the same key of the same account again gives the case that it gave
    before (Conflict when other data come with it), so that a form sent twice is one case. Who holds
    a role that the type lets start, and `workflow.cases.use`. InvalidInput names the field.
    """
    check_text(key, most=KEY_AT_MOST)
    sent = _digest(code, title, name_by_content(data)) if key else ""
    before = _find_submission(actor, key, sent)
    if before is not None:
        return before
    try:
        with acting(actor, "workflow.case.start", on=Ref("workflow.case", "")) as act:
            return _start(act, code, data, title=title, key=key, sent=sent)
    except IntegrityError:
        # Somebody sent the same form at the same moment and was first.
        before = _find_submission(actor, key, sent)
        if before is None:
            raise
        return before


def _start(
    act: Act, code: str, data: Mapping[str, Any], *, title: str, key: str, sent: str
) -> Case:
    actor = act.actor
    actor.require(USE)
    type_id, case_type = find_newest(code)
    if not case_type.starts & actor.roles or not is_in_use(code):
        raise NotPermitted("workflow.type.not_yours", "You may not start this kind of case")
    filled = check_filled(case_type, data, edits=case_type.asks, needs=case_type.needs)
    check_chosen(actor, case_type, filled)
    check_places(actor, case_type, filled, {})
    case_id = new_id()
    case = open_case(
        act, type_id, case_type, claim_fields(act, case_type, case_id, filled, {}), title=title,
        starter=actor.id, organization=actor.organization, case_id=case_id,
    )  # fmt: skip
    if key:
        Submission.objects.create(account=actor.id, key=key, case=case, digest=sent)
    return case


def _find_submission(actor: Actor, key: str, sent: str) -> Case | None:
    if not key:
        return None
    found = Submission.objects.filter(account=actor.id, key=key).select_related("case").first()
    if found is None:
        return None
    if found.digest != sent:
        raise Conflict(
            "workflow.submission.other",
            "This form was sent before with other answers, as %(number)s",
            number=found.case.number,
        )
    return found.case


def _digest(code: str, title: str, data: Mapping[str, Any]) -> str:
    text = json.dumps([code, title, data], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
