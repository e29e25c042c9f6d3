"""Words that mean the same, so that 医保 finds 医疗保险. 同义词。

A query is widened, never the index: a new synonym counts at once. The index holds what stands in
the text and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice, product

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.base.registry import Registry
from yiwang.kernel.ledger import services as ledger

from .models import SynonymGroup
from .types import EDIT_SYNONYMS
from .words import CHUNK, fold

Groups = Iterable[Sequence[str]]
SYNONYMS: Registry[Callable[[], Groups]] = Registry("groups of synonyms")
"""Modules say which words of their field mean the same. 同义词登记。"""

WIDEST = 12
MOST_WORDS = 20
LONGEST_WORD = 40
MOST_GROUPS = 2_000


def list_synonyms() -> list[SynonymGroup]:
    """The city's own groups, newest first. 城市同义词。"""
    return list(SynonymGroup.objects.order_by("-id"))


def list_shipped_synonyms() -> list[Sequence[str]]:
    """The groups that modules bring along. 内置同义词。"""
    return [group for provide in SYNONYMS.values() for group in provide()]


def add_synonyms(actor: Actor, text: str) -> SynonymGroup:
    """Enter words that mean the same, set apart by spaces, commas or 、. 新增同义词。

    Holders of `search.synonyms.edit`. InvalidInput where there are fewer than two words or a word
    of one character, which would widen everything.
    """
    words = list(dict.fromkeys(CHUNK.findall(fold(text))))
    if not 2 <= len(words) <= MOST_WORDS or any(len(word) < 2 for word in words):
        raise InvalidInput(
            "search.synonyms.words",
            "Give 2 to %(most)s words of at least two characters, with spaces between",
            most=MOST_WORDS,
        )
    with ledger.acting(actor, "search.synonyms.add", on=Ref("search.synonyms", "", "")) as act:
        actor.require(EDIT_SYNONYMS)
        if SynonymGroup.objects.count() >= MOST_GROUPS:
            raise InvalidInput(
                "search.synonyms.full", "There are %(most)s groups already", most=MOST_GROUPS
            )
        group = SynonymGroup.objects.create(words=" ".join(words)[:400], created_at=act.at)
        act.on = Ref("search.synonyms", group.id, group.words)
    return group


def remove_synonyms(actor: Actor, group_id: str) -> None:
    """Take a group of the city out again. 删除同义词。 Holders of `search.synonyms.edit`."""
    group = SynonymGroup.objects.filter(id=group_id).first()
    if group is None:
        raise NotFound("search.synonyms.unknown", "There is no such group of words")
    on = Ref("search.synonyms", group.id, group.words)
    with ledger.acting(actor, "search.synonyms.remove", on=on):
        actor.require(EDIT_SYNONYMS)
        group.delete()


def load_synonyms() -> dict[str, tuple[str, ...]]:
    """Each word with the others of its groups, folded; one query. 载入同义词。"""
    found: dict[str, tuple[str, ...]] = {}
    for group in _groups():
        words = [fold(word).strip() for word in group]
        for word in words:
            others = (other for other in words if other not in (word, ""))
            if len(word) > 1:
                found[word] = tuple(dict.fromkeys([*found.get(word, ()), *others]))
    return found


def widen(chunk: str, synonyms: dict[str, tuple[str, ...]]) -> list[str]:
    """A folded chunk and what it might have been written as, itself first. 扩展检索词。"""
    return list(islice(dict.fromkeys(_spellings(chunk, synonyms)), WIDEST))


def _spellings(chunk: str, synonyms: dict[str, tuple[str, ...]]) -> Iterable[str]:
    """Every way to write the chunk, each known word in its own or in other words."""
    choices = [(piece, *synonyms.get(piece, ())) for piece in _pieces(chunk, synonyms)]
    return map("".join, product(*choices))


def _pieces(chunk: str, synonyms: dict[str, tuple[str, ...]]) -> Iterable[str]:
    """The chunk cut into known words, the longest at each place, and single characters."""
    place = 0
    while place < len(chunk):
        ends = range(min(len(chunk), place + LONGEST_WORD), place + 1, -1)
        end = next((end for end in ends if chunk[place:end] in synonyms), place + 1)
        yield chunk[place:end]
        place = end


def _groups() -> Iterable[Sequence[str]]:
    yield from list_shipped_synonyms()
    for text in SynonymGroup.objects.values_list("words", flat=True):
        yield text.split()
