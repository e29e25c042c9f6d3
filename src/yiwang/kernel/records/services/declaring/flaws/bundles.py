"""All files of an app, checked one after the other. 逐个文件检查。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from yiwang.kernel.base.declared import Document
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.services.declaring.files import Sources
from yiwang.kernel.records.types import Bundle, Entity

from .changes import check_changes
from .dashboards import check_dashboard
from .entities import check_entity
from .fields import check_fields
from .forms import check_form
from .grants import check_grants
from .known import check_known
from .links import check_links
from .slots import check_slots
from .views import check_view
from .words import Flaw, others

MOST_ENTITIES = 100


def find_flaws(
    sources: Sources, bundle: Bundle, known: Mapping[str, Entity]
) -> Iterator[InvalidInput]:
    """Everything that does not fit, file by file. 逐个文件检查。"""
    if len(bundle.entities) > MOST_ENTITIES:
        yield InvalidInput(
            "records.files.entities", "An app has at most %(most)s entities", most=MOST_ENTITIES
        )
    for entity, document in _pairs(bundle, bundle.entities, sources.entity):
        yield from _placed(document, _of_entity(entity, document, bundle, known))
    for form, document in _pairs(bundle, bundle.forms, sources.form):
        yield from _placed(document, check_form(form, bundle))
    for view, document in _pairs(bundle, bundle.views, sources.view):
        yield from _placed(document, check_view(view, bundle, document.data))
    for dashboard, document in _pairs(bundle, bundle.dashboards, sources.dashboard):
        yield from _placed(document, check_dashboard(dashboard, bundle, document.data))
    if sources.permissions:
        yield from _placed(sources.permissions, check_grants(sources.permissions.data, bundle))


def _of_entity(
    entity: Entity, document: Document, bundle: Bundle, known: Mapping[str, Entity]
) -> Iterator[Flaw]:
    yield from check_fields(entity, document.data["fields"])
    yield from check_entity(entity)
    yield from check_changes(entity, known.get(entity.code))
    entities = {**others(known, bundle.app), **bundle.entities}
    yield from check_links(entity, entities)
    yield from check_slots(entity, document.data["fields"], entities)
    yield from check_known(entity.fields, entities)


Part = TypeVar("Part")


def _pairs(
    bundle: Bundle, parts: Mapping[str, Part], documents: Mapping[str, Document]
) -> Iterator[tuple[Part, Document]]:
    return ((parts[f"{bundle.app}.{code}"], one) for code, one in documents.items())


def _placed(document: Document, flaws: Iterator[Flaw]) -> Iterator[InvalidInput]:
    for path, flaw in flaws:
        yield document.refuse(path, flaw.code, flaw.message, **flaw.extra)
