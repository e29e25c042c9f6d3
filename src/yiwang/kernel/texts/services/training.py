"""Models of an entity's texts: trained from its records, kept as versions. 训练。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Entity, Texts
from yiwang.kernel.texts.models import TextModel
from yiwang.kernel.texts.types import SEPARATOR, Measured, ModelInfo, Suggested

from .measuring import measure
from .nearest import EXAMPLES_AT_MOST, Example, Nearest, digest_of, learn, read_model, write_model
from .permissions import TRAIN
from .reading import Row, label_rows

EXAMPLES_AT_LEAST = 20
SHOWN = 5


def train_model(
    actor: Actor, code: str, *, rows: Sequence[Row] | None = None, reason: str = ""
) -> ModelInfo:
    """Train the next version from the records of an entity that have a category. 训练模型。

    The newest 5,000 records count; with `rows`, a sheet headed by keys or names of fields, those
    count instead and no record is read. Holders of `texts.train`; InvalidInput where fewer than 20
    have a category, or where a row names one that is none.
    """
    with acting(actor, "texts.model.train", on=Ref("records.entity", code), reason=reason) as act:
        actor.require(TRAIN)
        entity, texts = _declared(code)
        names = list_categories(texts)
        if rows is None:
            examples = _read_examples(entity, texts)
        else:
            examples = _enough(label_rows(entity, texts, rows, names))
        content = write_model(learn(examples, names))
        newest = TextModel.objects.filter(entity=code).order_by("-version").first()
        row = TextModel.objects.create(
            entity=code,
            version=newest.version + 1 if newest else 1,
            content=content,
            digest=digest_of(content),
            examples=len(examples),
            categories=len({one.category for one in examples}),
            created_by=actor.id,
            created_at=act.at,
        )
        act.note(version=row.version, examples=row.examples)
    return _info(row)


def measure_model(actor: Actor, code: str) -> Measured:
    """How well categories of an entity are told, of records that are held back. 测评模型。

    Nothing is kept. Holders of `texts.train`.
    """
    actor.require(TRAIN)
    entity, texts = _declared(code)
    return measure(
        _read_examples(entity, texts), list_categories(texts), levels=max(1, len(texts.levels))
    )


def list_models(actor: Actor, code: str = "") -> list[ModelInfo]:
    """Versions of models, the newest first. 模型版本清单。 Holders of `texts.train`."""
    actor.require(TRAIN)
    rows = TextModel.objects.defer("content").order_by("entity", "-version")
    return [_info(row) for row in (rows.filter(entity=code) if code else rows)]


def suggest_category(code: str, values: Mapping[str, Any]) -> Suggested:
    """Which category texts have, told by their fields, and whether one is sure enough. 建议类别。

    For forms that already show the texts to who asks. Without a model, or for an entity that
    declares none, nothing is suggested.
    """
    texts = find_texts(code)
    told = [str(values.get(key) or "") for key in texts.of] if texts else []
    row = TextModel.objects.filter(entity=code).order_by("-version").only("id", "version").first()
    if texts is None or row is None or not any(told):
        return Suggested(0)
    likely = _load(row.pk).suggest(told)[:SHOWN]
    sure = bool(likely) and likely[0].confidence >= texts.least
    return Suggested(row.version, likely, likely[0].category if sure else "")


def find_texts(code: str) -> Texts | None:
    """What an entity declares about its texts, or None. 文本声明。"""
    entity = records.snapshot().entities.get(code)
    return entity.texts if entity else None


def list_categories(texts: Texts) -> list[str]:
    """All categories there are, as the tree's records name them. 全部类别。"""
    if not texts.tree or not texts.levels:
        return []
    rows = records.stream_all(texts.tree, texts.levels)
    return sorted({SEPARATOR.join(one for one in row[1:] if one) for row in rows})


@lru_cache(maxsize=8)
def _load(model_id: str) -> Nearest:
    """A model never changes, so a process reads each once."""
    row = TextModel.objects.get(pk=model_id)
    return read_model(row.content, row.digest)


def _declared(code: str) -> tuple[Entity, Texts]:
    entity = records.snapshot().entities.get(code)
    if entity is None or entity.texts is None or not entity.texts.to:
        raise NotFound(
            "texts.entity.undeclared", "%(entity)s declares no texts with a category", entity=code
        )
    return entity, entity.texts


def _read_examples(entity: Entity, texts: Texts) -> Sequence[Example]:
    rows = records.stream_all(entity.code, [*texts.of, texts.to])
    found = [Example(tuple(one or "" for one in row[1:-1]), row[-1]) for row in rows if row[-1]]
    return _enough(found)


def _enough(found: Sequence[Example]) -> Sequence[Example]:
    labelled = found[-EXAMPLES_AT_MOST:]
    if len(labelled) < EXAMPLES_AT_LEAST:
        raise InvalidInput(
            "texts.examples.few",
            "Only %(count)s records have a category; %(least)s are needed",
            count=len(labelled),
            least=EXAMPLES_AT_LEAST,
        )
    return labelled


def _info(row: TextModel) -> ModelInfo:
    return ModelInfo(
        row.entity, row.version, row.examples, row.categories, row.digest, row.created_at
    )
