"""What somebody often writes as an opinion. 常用意见。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import Phrases

from .filling import check_text
from .permissions import USE

PHRASES_AT_MOST, PHRASE_LENGTH = 50, 200
SHIPPED = (
    msg("Agreed."),
    msg("Read."),
    msg("Please handle it according to the rules."),
    msg("Please handle it without delay."),
    msg("Agreed on my part; please decide."),
    msg("Not agreed."),
    msg("Please add what is missing and send it in again."),
)


@dataclass(frozen=True, slots=True)
class PhraseList:
    """Phrases in the order in which they are offered; shipped ones are message ids. 常用意见列表。"""

    texts: tuple[str, ...]
    are_shipped: bool


def list_phrases(actor: Actor) -> PhraseList:
    """The phrases of an actor; before they wrote any, those that come with the product. 常用意见。"""
    found = Phrases.objects.filter(pk=actor.id).first()
    return PhraseList(tuple(found.texts), are_shipped=False) if found else PhraseList(SHIPPED, True)


def save_phrases(actor: Actor, texts: Iterable[str]) -> None:
    """Keep one's phrases, at most 50, in this order; none brings the shipped ones back. 保存常用意见。

    InvalidInput `workflow.phrases.*` for too many or one too long. Holders of `workflow.cases.use`.
    """
    wanted = [" ".join(text.split()) for text in texts]
    wanted = list(dict.fromkeys(text for text in wanted if text))
    with acting(actor, "workflow.phrases.save", on=Ref("identity.account", actor.id)) as act:
        actor.require(USE)
        _check(wanted)
        act.note(count=len(wanted))
        if wanted:
            Phrases.objects.update_or_create(pk=actor.id, defaults={"texts": wanted})
        else:
            Phrases.objects.filter(pk=actor.id).delete()


def _check(texts: list[str]) -> None:
    if len(texts) > PHRASES_AT_MOST:
        raise InvalidInput(
            "workflow.phrases.many", "Keep at most %(most)s phrases", most=PHRASES_AT_MOST
        )
    for text in texts:
        check_text(text)
        if len(text) > PHRASE_LENGTH:
            raise InvalidInput(
                "workflow.phrases.long",
                "“%(phrase)s…” is longer than %(most)s characters",
                phrase=text[:20],
                most=PHRASE_LENGTH,
            )
