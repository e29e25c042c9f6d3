"""Seeing whole what is masked in a case, with a reason that goes on record. 查看明文。"""

from __future__ import annotations

from collections.abc import Collection

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.ledger import services as ledger

from .permissions import PERSONAL
from .reading import CaseView, describe_case, unmasked
from .seeing import WORDS, is_personal

REASON_AT_LEAST = 4


def list_unmaskable(actor: Actor, view: CaseView) -> list[str]:
    """What of a case its reader may see whole with a reason: fields, and `words`. 可查看明文项。

    Holders of `workflow.personal.see` for the organization of the case, or who are asked now.
    Only what a mask has changed; nothing of what is hidden, or masked without being personal.
    """
    near = view.own is not None or actor.may(PERSONAL, organization=view.case.organization)
    if not (near and actor.may(PERSONAL)):
        return []
    fields = view.type.fields
    return [
        *(key for key in fields if key in view.altered and is_personal(fields[key])),
        *([WORDS] if WORDS in view.altered else []),
    ]


def unmask_case(actor: Actor, case_id: str, names: Collection[str], *, reason: str) -> CaseView:
    """A case with some of what is masked seen whole, this once. 查看明文。

    `names` of `list_unmaskable`; InvalidInput without a reason or a name, NotFound for any other.
    Leaves an act and a read row with the reason before anything is shown.
    """
    reason = " ".join(reason.split())
    with ledger.acting(
        actor, "workflow.case.unmask", on=Ref("workflow.case", case_id), reason=reason
    ) as act:
        view = describe_case(actor, case_id)
        actor.require(PERSONAL)
        act.on = Ref("workflow.case", view.case.pk, view.case.number)
        if len(reason) < REASON_AT_LEAST:
            raise InvalidInput(
                "workflow.unmask.reason", "Say in a few words why you need to see it"
            )
        if not names:
            raise InvalidInput("workflow.unmask.nothing", "Choose what you need to see")
        if not set(names) <= set(list_unmaskable(actor, view)):
            raise NotFound("workflow.unmask.unknown", "There is nothing of this name to unmask")
        ledger.record_read(
            actor, on=act.on, purpose=reason, columns=sorted(names), rows=1, where="unmask",
            unmasked=True,
        )  # fmt: skip
        return unmasked(actor, case_id, frozenset(names))
