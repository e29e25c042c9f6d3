"""Entering, changing and removing sources. 数据源登记。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.files import services as files
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.live import services as live
from yiwang.kernel.live.types import FileSource, LiveFile, LiveKind, LiveTable, Opened, TableSource
from yiwang.nets.share.connect.services.permissions import LAND
from yiwang.nets.share.sources.models import Run, Source, SourceTable
from yiwang.nets.share.sources.types import OPEN

from .finding import get_source
from .permissions import MANAGE
from .secrets import seal, unseal


def ref_of(source: Source) -> Ref:
    """The pointer that acts carry. 引用。"""
    return Ref("share.source", source.id, source.name)


def add_source(
    actor: Actor, *, owner: str, name: str, kind: str, settings: Mapping[str, str]
) -> Source:
    """Enter a source; its secrets are encrypted at once. 登记数据源。

    Holders of `share.source.manage` who may land deliveries of the owner. `settings` is what the
    kind declares, secrets among it. Nothing is connected to yet.
    """
    actor.require(MANAGE, organization=owner)
    actor.require(LAND, organization=owner)
    identity.get_organization(owner)
    plain, secrets = live.clean_settings(live.get_kind(kind), settings)
    source = Source(owner=owner, name=clean_name(name), kind=kind, settings=plain, keeper=actor.id)
    _refuse_taken(source)
    with ledger.acting(actor, "share.source.add", on=ref_of(source)) as act:
        seal(source, secrets)
        source.save(force_insert=True)
        act.note(kind=kind, owner=owner)
    return source


def change_source(
    actor: Actor, source_id: str, *, name: str, settings: Mapping[str, str]
) -> Source:
    """Change how a source is reached; a secret left out stays as it was. 修改数据源。

    Whoever changes it becomes its keeper, for from then on their rights carry it.
    """
    source = get_source(actor, source_id)
    actor.require(MANAGE, organization=source.owner)
    actor.require(LAND, organization=source.owner)
    plain, secrets = live.clean_settings(live.get_kind(source.kind), settings)
    with ledger.acting(actor, "share.source.change", on=ref_of(source)) as act:
        changed = [key for key, value in plain.items() if source.settings.get(key) != value]
        moved = {"host", "port", "user", "path"} & set(changed)
        if moved and not secrets and unseal(source):
            raise InvalidInput(
                "sources.secret.again",
                "Enter the password again: it is not sent to another place or for another user",
                field="setting_password",
            )
        source.name, source.settings, source.keeper = clean_name(name), plain, actor.id
        _refuse_taken(source)
        if secrets:
            seal(source, unseal(source) | secrets)
        source.save()
        act.note(settings=changed, secrets=sorted(secrets))
    return source


def pause_source(actor: Actor, source_id: str, *, paused: bool) -> Source:
    """Stop reading a source by itself, or go on. 暂停或恢复。"""
    source = get_source(actor, source_id)
    actor.require(MANAGE, organization=source.owner)
    verb = "share.source.pause" if paused else "share.source.resume"
    with ledger.acting(actor, verb, on=ref_of(source)):
        source.paused = paused
        source.save(update_fields=["paused"])
    return source


def remove_source(actor: Actor, source_id: str, *, reason: str) -> None:
    """Forget a source and destroy its password; what has landed stays. 移除数据源。"""
    source = get_source(actor, source_id)
    actor.require(MANAGE, organization=source.owner)
    if not reason.strip():
        raise InvalidInput("sources.reason.missing", "Give a reason", field="reason")
    if Run.objects.filter(table__source=source, state__in=OPEN).exists():
        raise Conflict("sources.remove.running", "It is being read now; stop that first")
    with ledger.acting(actor, "share.source.remove", on=ref_of(source), reason=reason) as act:
        files.destroy_key(act, source.secret_key)
        source.secret, source.removed_at = b"", act.at
        source.save(update_fields=["secret", "removed_at"])
        SourceTable.objects.filter(source=source).update(removed_at=act.at, next_at=None)


def check_source(actor: Actor, source_id: str) -> str:
    """Whether the connection works: what answers there, in words. 测试连接。

    Raises Unavailable or InvalidInput with a sentence that says what to look at.
    """
    source = get_source(actor, source_id)
    actor.require(MANAGE, organization=source.owner)
    with opened(source) as found:
        answer = found.check()
    with ledger.acting(actor, "share.source.check", on=ref_of(source)):
        source.answered = answer[:200]
        source.save(update_fields=["answered"])
    return answer


def discover_tables(actor: Actor, source_id: str) -> list[LiveTable]:
    """What may be read there, with columns and keys. 发现数据表。"""
    source = get_source(actor, source_id)
    actor.require(MANAGE, organization=source.owner)
    with ledger.acting(actor, "share.source.discover", on=ref_of(source)):
        pass
    with opened_tables(source) as found:
        return found.discover()


def describe_table(actor: Actor, source_id: str, table: str) -> LiveTable:
    """One table of a source. 查看源表。"""
    source = get_source(actor, source_id)
    actor.require(MANAGE, organization=source.owner)
    with opened_tables(source) as found:
        return found.describe(table)


def kind_of(source: Source) -> LiveKind:
    """The kind of a source. 数据源类型。"""
    return live.get_kind(source.kind)


@contextmanager
def opened(source: Source) -> Iterator[Opened]:
    """Connect to a source. 连接。"""
    with live.open_live(kind_of(source), source.settings, unseal(source)) as found:
        yield found


@contextmanager
def opened_tables(source: Source) -> Iterator[TableSource]:
    """Connect to a source that is a database. 连接数据库。"""
    kind = kind_of(source)
    if kind.shape != "tables":
        raise InvalidInput("sources.no_tables", "%(name)s holds no tables", name=source.name)
    with live.open_tables(kind, source.settings, unseal(source)) as found:
        yield found


@contextmanager
def opened_files(source: Source) -> Iterator[FileSource]:
    """Open a source that is a folder. 打开目录。"""
    kind = kind_of(source)
    if kind.shape != "files":
        raise InvalidInput("sources.no_files", "%(name)s holds no files", name=source.name)
    with live.open_files(kind, source.settings, unseal(source)) as found:
        yield found


def clean_name(name: str) -> str:
    """A name of 1 to 200 characters. 清理名称。"""
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > 200:
        raise InvalidInput("sources.name.invalid", "A name has 1 to 200 characters", field="name")
    return cleaned


def _refuse_taken(source: Source) -> None:
    same = Source.objects.filter(owner=source.owner, name=source.name, removed_at=None)
    if same.exclude(id=source.id).exists():
        raise Conflict(
            "sources.name.taken",
            "%(owner)s has a source named %(name)s already",
            owner=source.owner,
            name=source.name,
            field="name",
        )


def list_files(actor: Actor, source_id: str) -> list[LiveFile]:
    """The files of a watched folder. 列出文件。"""
    source = get_source(actor, source_id)
    actor.require(MANAGE, organization=source.owner)
    with opened_files(source) as found:
        return found.list_files()
