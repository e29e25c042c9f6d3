"""The generated sample city. 示例城市命令。"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yiwang.kernel.base.errors import Conflict
from yiwang.site.home import Home

from .frame import Answer, Session, command, group
from .words import t

if TYPE_CHECKING:
    from yiwang.site.sample.truths import SampleComparison, SampleFile

sample = group("sample", "The generated sample city. 示例城市。")


@command("load", group=sample)
@click.option("--rows", type=click.IntRange(200, 1_000_000), default=2000, show_default=True,
              help=t("Residents of the city; the other registers follow."))  # fmt: skip
@click.option("--password", default="", help=t("One password for all; drawn where none is given."))
def load(session: Session, *, rows: int, password: str) -> Answer:
    """Load the sample city into an empty node and print its sign-ins. 装载示例城市。

    A second time it only prints them.
    """
    kept = read_sign_ins(session.home)
    found: dict[str, Any] = {"files": [], "comparisons": []}
    if not kept:
        kept = make_people(session.home, password)
        found = fill_city(session, rows)
    return Answer({"sign_ins": kept, **found}, sign_in_lines(kept))


def make_people(home: Home, password: str) -> list[dict[str, str]]:
    """Organizations and accounts; their sign-ins are kept for the node's owner. 机构与账号。"""
    from yiwang.site.sample.loading import is_sample_loaded, load_sample_city

    if is_sample_loaded():
        raise Conflict(
            "node.sample.standing",
            "The sample city stands already, but its passwords are not kept in this home folder",
        )
    found = [asdict(one) for one in load_sample_city(password)]
    file = sign_in_file(home)
    file.touch(mode=0o600)
    file.write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")
    return found


def fill_city(session: Session, rows: int) -> dict[str, Any]:
    """Generate the registers, land each as its department sends it, compare what belongs together. 生成、汇聚、比对。"""
    from yiwang.site.sample.apps import load_sample_apps
    from yiwang.site.sample.building import write_sample
    from yiwang.site.sample.cases import load_sample_cases
    from yiwang.site.sample.hotline import load_sample_hotline
    from yiwang.site.sample.requests import load_sample_requests
    from yiwang.site.sample.surveys import load_sample_survey

    with tempfile.TemporaryDirectory() as name:
        truths = write_sample(Path(name), rows=rows)
        files = [outcome for one in truths.files for outcome in land_one(session, Path(name), one)]
        resources = {one["file"]: one["resource"] for one in files}
        describe_city(session, truths.files, resources)
        watch_inbox(session, Path(name) / WATCHED)
        notify_owner(session, resources[NOTIFIED])
        files += hold_one(session, Path(name), truths.files[0])
    load_sample_cases()
    load_sample_apps()
    load_sample_hotline()
    load_sample_survey()
    load_sample_requests(resources)
    return {
        "files": files,
        "comparisons": [compare_one(session, resources, one) for one in truths.comparisons],
    }


def describe_city(session: Session, files: Sequence[SampleFile], resources: dict[str, str]) -> None:
    """Fill the catalogue entries and publish all but two, which stay drafts. 补全目录并发布。"""
    from yiwang.nets.share.catalog import services
    from yiwang.site.sample.entries import describe_entry

    for number, one in enumerate(files):
        resource = resources[one.file]
        services.update_resource(session.actor, resource, **describe_entry(one))
        if number < len(files) - DRAFTS:
            services.publish_resource(session.actor, resource)


DRAFTS = 2


WATCHED, NOTIFIED = "市场监管局_企业登记.csv", "民政局_低收入家庭.xlsx"


def watch_inbox(session: Session, file: Path) -> None:
    """Let the medical insurance bureau's folder be watched, with one file in it that was read. 示例数据源。"""
    from yiwang.nets.share.sources import services
    from yiwang.nets.share.sources.types import Cycle, Mode

    folder = session.home.path / "inbox" / "YZ-YBJ"
    folder.mkdir(parents=True, exist_ok=True)
    rows = file.read_text("utf-8").splitlines(keepends=True)
    (folder / "定点药店-202611.csv").write_text("".join(rows[:PHARMACIES]), "utf-8")
    session.say("Reading %(folder)s", folder=str(folder))
    source = services.add_source(
        session.actor, owner="YZ-YBJ", name="医保局交换目录", kind="folder",
        settings={"path": str(folder)},
    )  # fmt: skip
    services.check_source(session.actor, source.id)
    table = services.add_table(
        session.actor, source.id, name="定点药店-*.csv", resource="定点药店",
        plan=services.Plan(mode=Mode.FULL, cycle=Cycle.MONTHLY),
    )  # fmt: skip
    services.run_here(session.actor, table.id)


PHARMACIES = 61
"""The heading and sixty firms."""


def notify_owner(session: Session, resource: str) -> None:
    """Check the register with most mistakes and send its department a notice. 示例整改单。"""
    from yiwang.nets.share.quality import services

    session.say("Sending a rectification notice")
    run = services.check_resource(session.actor, resource)
    services.refresh_groups(run.id)
    notice = services.open_notice(session.actor, owner="YZ-MZJ")
    services.send_notice(session.actor, notice.id)


def hold_one(session: Session, folder: Path, one: SampleFile) -> list[dict[str, Any]]:
    """Send the first register again, cut short, as a slip of the hand does: it is held. 暂停的报送。"""
    path = folder / one.file
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: len(lines) // 2]))
    return land_one(session, folder, one)


def compare_one(
    session: Session, resources: dict[str, str], one: SampleComparison
) -> dict[str, Any]:
    """Run one comparison of the city; the planted counts stand beside those found. 执行示例比对。"""
    from yiwang.nets.share.compare import services

    session.say("Comparing %(title)s", title=one.title)
    made = services.run_comparison(
        session.actor,
        left=resources[one.left],
        right=resources[one.right],
        keys=one.key,
        values=one.value,
        alternate=one.alternate_key,
        title=one.title,
    )
    return {**services.describe_comparison(made), "expected": one.expected}


def land_one(session: Session, folder: Path, one: SampleFile) -> list[dict[str, Any]]:
    """Land one file of the city. 汇聚单个文件。"""
    from yiwang.nets.share.connect import services
    from yiwang.nets.share.connect.types import Instructions

    from .share import land_file

    told = Instructions(
        kind=one.kind,
        key=one.key,
        records=" ".join(one.options.values()),
        columns=one.elements,
    )
    landed = land_file(session, folder / one.file, one.owner, one.name, told)
    return [asdict(outcome) for outcome in services.describe_outcomes(landed)]


def read_sign_ins(home: Home) -> list[dict[str, str]]:
    """The sample's sign-ins, as kept when it was loaded. 已存示例登录。"""
    file = sign_in_file(home)
    found: list[dict[str, str]] = json.loads(file.read_text("utf-8")) if file.exists() else []
    return found


def sign_in_lines(found: Sequence[dict[str, str]]) -> list[str]:
    """One line per person: name, password, what it shows. 示例登录文本。"""
    if not found:
        return []
    width = max(len(one["name"]) for one in found)
    return [
        t("Sample sign-ins:"),
        *(f"  {one['name']:<{width}}  {one['password']}  {t(one['purpose'])}" for one in found),
    ]


def sign_in_file(home: Home) -> Path:
    """Where the sample's sign-ins are kept. 示例登录文件。"""
    return home.path / "sample-sign-ins.json"
