"""What quality checks found, linked from the descriptions. 质量度量关联。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.kernel.base.act import Actor
from yiwang.nets.share.dcat.types import Iri, Literal, Thing
from yiwang.nets.share.quality import services as quality
from yiwang.nets.share.quality.models import DimensionScore, Run


def measure(actor: Actor, owners: Mapping[str, str]) -> Mapping[str, Sequence[Thing]]:
    """The newest scores of resources, by id, named as the quality interface names them. 取质量度量。

    Only those that the actor may see; a score of nothing is left out.
    """
    found: dict[str, list[Thing]] = {}
    for run, score in quality.list_newest_scores(actor, owners):
        if score.value is not None:
            found.setdefault(run.resource, []).extend(_describe(run, score, score.value))
    return found


def _describe(run: Run, score: DimensionScore, value: float) -> tuple[Thing, Thing]:
    dimension = score.dimension or "total"
    metric = Iri(f"urn:yiwang:metric:{dimension}")
    when = (run.finished_at or run.created_at).isoformat()
    return (
        Thing(
            Iri(f"urn:yiwang:{run.id}#{dimension}"),
            ("dqv:QualityMeasurement",),
            (
                ("dqv:isMeasurementOf", metric),
                ("dqv:value", Literal(f"{value:.4f}", datatype="xsd:decimal")),
                ("prov:generatedAtTime", Literal(when, datatype="xsd:dateTime")),
            ),
        ),
        Thing(
            metric,
            ("dqv:Metric",),
            (("dqv:inDimension", Iri(f"urn:yiwang:dimension:{dimension}")),),
        ),
    )
