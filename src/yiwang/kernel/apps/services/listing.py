"""Which apps stand here, and their versions. 应用列表。"""

from __future__ import annotations

import json

from yiwang.kernel.apps.models import AppVersion, InstalledApp
from yiwang.kernel.apps.types import AppInfo, VersionInfo
from yiwang.kernel.base.act import Actor

from .installing import describe_app, get_standing
from .permissions import MANAGE
from .reading import pack


def list_apps(actor: Actor) -> list[AppInfo]:
    """Every app that is or was installed, by code. 应用列表。 Holders of `apps.manage`."""
    actor.require(MANAGE)
    return [describe_app(row.app) for row in InstalledApp.objects.order_by("app")]


def list_versions(actor: Actor, app: str) -> list[VersionInfo]:
    """The installs of an app, newest first. 安装记录。 Holders of `apps.manage`."""
    actor.require(MANAGE)
    held = InstalledApp.objects.filter(app=app).values_list("version", flat=True).first()
    rows = AppVersion.objects.filter(app=app).order_by("-number").defer("files")
    return [
        VersionInfo(
            row.number, row.label, row.installed_by, row.installed_at,
            tuple(sorted(json.loads(row.overlay))), row.pk == held,
        )
        for row in rows
    ]  # fmt: skip


def export_app(actor: Actor, app: str, *, vendor_only: bool = False) -> bytes:
    """The files of an installed app as a ZIP; the same files, the same bytes. 导出应用。

    With the city's changes in it, unless `vendor_only`. Holders of `apps.manage`.
    """
    actor.require(MANAGE)
    standing = get_standing(app)
    return pack(standing.vendor if vendor_only else standing.files)


def read_files(actor: Actor, app: str) -> tuple[dict[str, str], dict[str, str]]:
    """The vendor's files and the city's. 应用文件。 Holders of `apps.manage`."""
    actor.require(MANAGE)
    standing = get_standing(app)
    return standing.vendor, standing.city


def is_in_force(code: str) -> bool:
    """Whether nothing of this code was uninstalled with its app: `app.name`. 是否在用。"""
    gone = InstalledApp.objects.filter(app=code.partition(".")[0], version=None)
    return not gone.exists()
