"""Texts on the command line: training and measuring what tells their category. 文本判读命令。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from yiwang.kernel.texts.types import Measured

from .frame import Answer, Session, command, group
from .records import read_rows
from .words import t

texts = group("texts", "What texts of records are about. 文本判读。")
ENTITY = click.argument("entity", metavar="ENTITY")


@command("train", group=texts)
@ENTITY
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV, Excel or ODS file to train on instead of the records. 样本表格。",
)
@click.option("--reason", default="", help="Why; kept on record. 理由。")
def train(session: Session, *, entity: str, file: Path | None, reason: str) -> Answer:
    """Train the next model from the records that have a category, or from a sheet. 训练模型。"""
    from yiwang.kernel.records.services import at_desk
    from yiwang.kernel.texts import services

    rows = read_rows(at_desk(session.actor), entity, file) if file else None
    made = services.train_model(session.actor, entity, rows=rows, reason=reason)
    told = {"entity": entity, "version": made.version, "examples": made.examples}
    line = t("%(entity)s: version %(version)s from %(examples)s records", **told)
    return Answer({**told, "categories": made.categories, "digest": made.digest}, [line])


@command("measure", group=texts)
@ENTITY
@click.option("--min-accuracy", type=float, help="Exit 5 below this share at level 1. 最低准确率。")
def measure(session: Session, *, entity: str, min_accuracy: float | None) -> Answer:
    """Say how well categories are told, of records that are held back. 测评模型。"""
    from yiwang.kernel.texts import services

    found = services.measure_model(session.actor, entity)
    below = min_accuracy is not None and found.levels[0].accuracy < min_accuracy
    return Answer(asdict(found), [*_lines(found)], exit_code=5 if below else 0)


def _lines(found: Measured) -> Iterator[str]:
    yield t("%(count)s records, each judged by a model that has not seen it", count=found.examples)
    for one in found.levels:
        yield t(
            "level %(level)s: accuracy %(accuracy)s, macro F1 %(f1)s, among the first three %(top3)s",
            level=one.level, accuracy=f"{one.accuracy:.3f}", f1=f"{one.macro_f1:.3f}",
            top3=f"{one.top3:.3f}",
        )  # fmt: skip
    for chosen in found.chosen:
        yield t(
            "confidence %(least)s: chosen for %(share)s of them, rightly for %(right)s of those",
            least=chosen.least, share=f"{chosen.share:.0%}", right=f"{chosen.right:.0%}",
        )  # fmt: skip
    for kind in found.levels[0].classes:
        told = f"{kind.count:>6} {kind.precision:>7.2f} {kind.recall:>7.2f}  {kind.category}"
        yield told


@command("list", group=texts)
@click.argument("entity", metavar="[ENTITY]", required=False, default="")
def list_all(session: Session, *, entity: str) -> Answer:
    """List the versions of models. 模型版本。"""
    from yiwang.kernel.texts import services

    found = services.list_models(session.actor, entity)
    told = [{**asdict(one), "created_at": one.created_at.isoformat()} for one in found]
    lines = [
        f"{one.entity}  {one.version}  {one.examples}  {one.created_at:%Y-%m-%d %H:%M}"
        for one in found
    ]
    return Answer({"models": told}, lines or [t("No model has been trained yet")])
