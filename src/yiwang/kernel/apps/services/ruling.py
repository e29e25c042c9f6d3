"""What the records of an app must hold, handed to the net that knows of quality. 应用质量规则。"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yiwang.kernel.apps.types import RULE_KEEPERS, Files, Head, KeptRule
from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Difference, Entity

from .permissions import MANAGE
from .reading import records_of, rules_of


def find_rule_problems(files: Files, head: Head) -> Iterator[InvalidInput]:
    """All that is wrong with the rules; nothing while the records are not well. 规则问题。"""
    told = rules_of(files)
    entities = _entities(files) if told else None
    if entities is None:
        return
    if not RULE_KEEPERS.values():
        yield InvalidInput(
            "apps.rules.nobody",
            "%(file)s: on this node nobody checks the quality of data",
            file=min(told),
        )
    for keeper in RULE_KEEPERS.values():
        yield from keeper.find_problems(head.app, told, entities)


def _entities(files: Files) -> dict[str, Entity] | None:
    """The app's own as declared, beside the others of this node; None where they are not well."""
    known = dict(records.snapshot().entities)
    declared = records_of(files)
    try:
        own = records.read_bundle(declared, known=known).entities if declared else {}
    except InvalidInput:
        return None
    return {**known, **own}


def keep_rules(act: Act, app: str, files: Files) -> None:
    """Make the rules of these files those of the app. 保存规则。"""
    told = rules_of(files)
    entities = (_entities(files) or {}) if told else {}
    for keeper in RULE_KEEPERS.values():
        keeper.keep(act, app, told, entities)


def compare_rules(app: str, files: Files) -> list[Difference]:
    """What would become of the rules. 规则差异。"""
    told = rules_of(files)
    entities = (_entities(files) or {}) if told else {}
    keepers = RULE_KEEPERS.values()
    return [one for keeper in keepers for one in keeper.compare(app, told, entities)]


def count_found(files: Files, entity: str, rule: str) -> int:
    """How many records of an entity break a rule of its app now; for tests. 违反规则的记录数。

    NotFound where there is no such rule. Of other apps no record is met.
    """
    app = entity.partition(".")[0]

    def read(code: str, keys: Sequence[str]) -> Iterator[list[str | None]]:
        own = code.partition(".")[0] == app
        return records.stream_all(code, keys) if own else iter(())

    told, entities = rules_of(files), _entities(files) or {}
    keepers = RULE_KEEPERS.values()
    return sum(one.count_found(app, told, entities, (entity, rule), read) for one in keepers)


def list_kept_rules(actor: Actor, app: str) -> list[KeptRule]:
    """The rules of an app as they stand, by file. 现行规则。 Holders of `apps.manage`."""
    actor.require(MANAGE)
    return [one for keeper in RULE_KEEPERS.values() for one in keeper.list_kept(app)]
