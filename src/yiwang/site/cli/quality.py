"""Check registers and read their scores on the command line. 数据质量命令。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from yiwang.kernel.base.errors import BelowThreshold

from .frame import Answer, Session, group
from .frame import command as declare
from .words import get_language, t

quality = group("quality", "Check data quality and read scores. 数据质量。")
rules = group("rules", "Rules as files. 质量规则文件。", under=quality)


@declare("check", group=quality)
@click.argument("resource_text", metavar="RESOURCE")
@click.option(
    "--min-score", type=click.FloatRange(0, 100), help="Exit with 5 below this. 最低得分。"
)
def check(session: Session, *, resource_text: str, min_score: float | None) -> Answer:
    """Check the newest version of a resource by all of its rules. 检查数据质量。"""
    from yiwang.nets.share.quality import services

    run = services.check_resource(session.actor, resource_text)
    document = services.describe_run(run)
    total = document["scores"][-1]["value"]
    below = min_score is not None and (total is None or total < min_score)
    return Answer(
        {**document, "min_score": min_score, "below": below},
        list(check_lines(document)),
        exit_code=BelowThreshold.exit_code if below else 0,
    )


@declare("score", group=quality)
@click.argument("organization", required=False, default="", metavar="[ORG]")
def score(session: Session, *, organization: str) -> Answer:
    """The scores of departments and their resources. 部门质量评分。"""
    from yiwang.nets.share.quality import services

    found = services.score_organizations(session.actor, organization)
    return Answer({"organizations": found}, list(score_lines(found)))


@declare("export", group=rules)
@click.argument("resource_text", metavar="RESOURCE")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "wanted", type=click.Choice(["yaml", "odcs"]), default="yaml")
def export(session: Session, *, resource_text: str, file: Path, wanted: str) -> Answer:
    """Write the rules of a resource to a file. 导出规则。"""
    from yiwang.nets.share.quality import services

    text = services.export_rules(session.actor, resource_text, format=wanted)
    file.write_text(text, encoding="utf-8")
    return Answer({"file": str(file), "format": wanted}, [str(file)])


@declare("import", group=rules)
@click.argument("resource_text", metavar="RESOURCE")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--reason", default="", help="Why; kept with each rule. 理由。")
def import_file(session: Session, *, resource_text: str, file: Path, reason: str) -> Answer:
    """Take rules from YAML or a data contract, all or none. 导入规则。"""
    from yiwang.nets.share.quality import services

    found = services.import_rules(
        session.actor, resource_text, read_text(file), reason=reason, file=file.name
    )
    codes = [rule.code for rule in found]
    return Answer({"rules": codes}, [t("%(count)s rules are in force", count=len(codes))])


def read_text(file: Path) -> str:
    """The text of a file of rules, of which no more is read than may be. 读取规则文件。"""
    from yiwang.nets.share.quality import services

    with file.open("rb") as stream:
        return services.decode_rules(stream.read(services.LARGEST_RULES + 1))


def check_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """A run for people: scores, then what failed and how. 检查结果。"""
    from yiwang.nets.share.quality.services import describe_pattern
    from yiwang.nets.share.quality.types import Dimension

    for one in document["scores"]:
        name = str(Dimension(one["dimension"]).label) if one["dimension"] else t("Total")
        yield f"{name}  {describe_value(one)}  {one['numerator']:,} / {one['denominator']:,}"
    for one in document["results"]:
        if not one["failed"]:
            continue
        english = get_language() == "en" and one["title_en"]
        title = one["title_en"] if english else one["title"]
        mark = "✗" if one["severity"] == "error" else "?"
        yield f"{mark} {title}  {one['failed']:,} / {one['checked']:,}"
        for pattern in one["patterns"][:10]:
            yield f"    {describe_pattern(pattern['pattern'], get_language())}  {pattern['rows']:,}"


def score_lines(found: list[dict[str, Any]]) -> Iterator[str]:
    """A line per department and resource. 评分行。"""
    for row in found:
        yield f"{row['owner']} {row['name']}  {describe_value(row)}"
        for one in row["resources"]:
            yield f"    {one['code']} {one['name']}  {describe_value(one)}"


def describe_value(one: Mapping[str, Any]) -> str:
    """A score in words; what is not all never reads as 100. 得分。"""
    if one["value"] is None:
        return t("not measured")
    shown = min(one["value"], 99.99) if one["value"] < 100 else one["value"]
    level = f"  {t('level %(level)s', level=one['level'])}" if one.get("level") else ""
    return f"{shown:.2f}{level}"
