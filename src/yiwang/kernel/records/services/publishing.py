"""Publishing what an app declares. 声明发布。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace

from django.db import IntegrityError, transaction

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records.models import BundleVersion, LiveBundle
from yiwang.kernel.records.types import ENTITY_SINKS, Bundle, Entity, Pending, Published, Step

from .declaring import build_bundle, read_bundle
from .permissions import PUBLISH
from .slots import plan_recount, recount_bundle
from .snapshot import raise_epoch, read_epoch, read_stored, snapshot
from .tables import begin_changes, begin_layout, describe_changes, plan_steps
from .words import prepare_words

Files = Mapping[str, str]
REBUILD = "records.rebuild_words"
CHANGED = ("records.app.changed", "Somebody else has just published this app; look again")


def publish_bundle(actor: Actor, files: Files, *, reason: str = "") -> Bundle:
    """Publish what an app's files declare as its next version. 发布声明。

    Tables, columns, the version, the catalogue and the epoch change in one transaction, so every
    process works by the new version from then on, or nothing has changed. The same files again
    change nothing. Where large tables have to be prepared first, the version is kept and a job
    publishes it: what is given back then names no tables yet. Holders of `records.publish`.
    InvalidInput names file and line.
    """
    actor.require(PUBLISH)
    # Read before the act opens: on SQLite every writer waits for it.
    known = snapshot()
    bundle = read_bundle(files, known=known.entities)
    digest = _digest(files)
    on = Ref("records.app", bundle.app, bundle.title["zh"])
    with acting(actor, "records.publish", on=on, reason=reason) as act:
        if read_epoch() != known.epoch:
            raise Conflict(*CHANGED)
        newest = _newest(bundle.app)
        live = known.bundles.get(bundle.app)
        if newest and live and newest.digest == digest and newest.version == live.version:
            act.note(version=newest.version, unchanged=True)
            return live
        if newest and newest.digest == digest:
            bundle = replace(bundle, version=newest.version)
        else:
            bundle = replace(bundle, version=newest.version + 1 if newest else 1)
            _keep(act, bundle, files, digest)
        if begin_changes(act, bundle, live):
            act.note(version=bundle.version, waiting=True)
            return bundle
        return go_live(act, bundle, live)


def rehearse_bundle(actor: Actor, files: Files) -> Bundle:
    """Publish for a rehearsal that the caller takes back: nobody else hears of it. 试发布。

    Within a transaction that is rolled back; the files are those of an app that is not here yet.
    Holders of `records.publish`.
    """
    on = Ref("records.app", "")
    with acting(actor, "records.rehearse", on=on) as act:
        actor.require(PUBLISH)
        bundle = replace(read_bundle(files, known=snapshot().entities), version=1)
        _keep(act, bundle, files, _digest(files))
        return go_live(act, bundle, None, heard=False)


def publish_prepared(actor: Actor, version: BundleVersion) -> Bundle:
    """Publish a kept version, its tables prepared, for the one who sent it. 发布已准备的版本。

    Conflict where a newer version has been published meanwhile.
    """
    on = Ref("records.app", version.app)
    with acting(actor, "records.publish", on=on, details={"prepared": True}) as act:
        actor.require(PUBLISH)
        live = snapshot().bundles.get(version.app)
        if live and live.version >= version.version:
            raise Conflict(*CHANGED)
        bundle = build_bundle(json.loads(version.files), version=version.version)
        act.on = Ref("records.app", bundle.app, bundle.title["zh"])
        if begin_changes(act, bundle, live):
            return bundle
        return go_live(act, bundle, live)


def go_live(act: Act, bundle: Bundle, before: Bundle | None, *, heard: bool = True) -> Bundle:
    """Make a kept version the one that holds, inside the act that publishes it. 生效。

    Unless `heard`, nobody else is told.
    """
    layout = begin_layout(act, bundle, before)
    laid = layout.bundle
    row = BundleVersion.objects.get(app=bundle.app, version=bundle.version)
    LiveBundle.objects.update_or_create(
        app=bundle.app, defaults={"version": row, "owner": bundle.owner}
    )
    gone = (
        [one for code, one in before.entities.items() if code not in bundle.entities]
        if before
        else []
    )
    for sink in ENTITY_SINKS.values() if heard else ():
        sink(act, Published(laid, before, tuple(gone)))
    _prepare_search(act, laid, before)
    # From here on nobody reads what changes, so nothing slow may follow.
    layout.make_tables()
    recount_bundle(laid, before, {**snapshot().entities, **laid.entities})
    raise_epoch()
    act.note(version=bundle.version, entities=sorted(bundle.entities))
    return laid


def _prepare_search(act: Act, laid: Bundle, before: Bundle | None) -> None:
    """Where what is searched has changed, rows that stand are indexed anew: in the background."""
    for code, entity in laid.entities.items():
        stood = before.entities.get(code) if before else None
        prepare_words(entity)
        if stood and entity.search and _searched(stood) != _searched(entity):
            jobs.enqueue(act, REBUILD, {"entity": code}, on=Ref("records.entity", code))


def _searched(entity: Entity) -> list[tuple[str, bool]]:
    """The columns whose words are found, and whether masked; a field that changed its kind has
    another one.
    """
    searched = [entity.fields[key] for key in entity.search]
    return [(one.column, bool(one.personal)) for one in searched]


def _keep(act: Act, bundle: Bundle, files: Files, digest: str) -> None:
    try:
        with transaction.atomic():
            BundleVersion.objects.create(
                app=bundle.app,
                version=bundle.version,
                files=json.dumps(dict(files), ensure_ascii=False),
                digest=digest,
                published_by=act.actor.id,
                published_at=now(),
            )
    except IntegrityError as error:
        raise Conflict(*CHANGED) from error


def _digest(files: Files) -> str:
    text = json.dumps(dict(sorted(files.items())), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _newest(app: str) -> BundleVersion | None:
    return BundleVersion.objects.filter(app=app).order_by("-version").first()


def plan_bundle(actor: Actor, files: Files) -> list[Step]:
    """What publishing these files would change; nothing is changed. 发布计划。

    Holders of `records.publish`. InvalidInput for the first thing wrong with the files, Conflict
    where values cannot be taken over.
    """
    actor.require(PUBLISH)
    known = snapshot()
    bundle = read_bundle(files, known=known.entities)
    before = known.bundles.get(bundle.app)
    return [*plan_steps(bundle, before), *plan_recount(bundle, before, known.entities)]


def find_pending(app: str) -> Pending | None:
    """How the newest version of an app stands that is not in force yet, or None. 待生效版本。"""
    newest = _newest(app)
    live = snapshot().bundles.get(app)
    if newest is None or live is None or live.version >= newest.version:
        return None
    return Pending(**describe_changes().get(newest.pk, {}))


__all__ = [
    "find_pending",
    "go_live",
    "plan_bundle",
    "publish_bundle",
    "read_stored",
]
