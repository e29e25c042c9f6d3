"""Apps that come with the platform. 随附应用。"""

from __future__ import annotations

from pathlib import Path

from yiwang.kernel.base.errors import NotFound

from .reading import HEAD, read_folder

ROOT = Path(__file__).resolve().parents[3] / "apps"


def list_shipped() -> list[str]:
    """The codes of the apps in the wheel. 随附应用清单。"""
    return sorted(one.parent.name for one in ROOT.glob(f"*/{HEAD}"))


def read_shipped(code: str) -> dict[str, str]:
    """The files of an app in the wheel; NotFound for any other. 读取随附应用。"""
    if code not in list_shipped():
        raise NotFound("apps.shipped.unknown", "No app %(app)s comes with the platform", app=code)
    return read_folder(ROOT / code)
