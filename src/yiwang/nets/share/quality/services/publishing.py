"""What a run found, in the words of the field's standards. 质量结果对外表达。

DQV (W3C Data Quality Vocabulary, JSON-LD) for catalogues, OpenLineage assertions for pipelines.
Only counts leave; no value of a row stands in either.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import NotFound
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality.models import DimensionScore, Result, Run
from yiwang.nets.share.quality.types import Dimension

from .permissions import READ
from .reading import find_latest_run, latest_runs

CONTEXT = {
    "dqv": "http://www.w3.org/ns/dqv#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
PRODUCER = "urn:yiwang:quality"
RUN_EVENT = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
ASSERTIONS = (
    "https://openlineage.io/spec/facets/1-1-0/DataQualityAssertionsDatasetFacet.json"
    "#/$defs/DataQualityAssertionsDatasetFacet"
)


def as_dqv(actor: Actor, resource_id: str) -> dict[str, Any]:
    """The newest finished run of a resource as DQV. 质量度量（DQV）。

    Holders of `share.quality.read` for the owner. NotFound `quality.run.none` before the first.
    """
    run = get_newest_run(actor, resource_id)
    resource = catalog.get_resources([run.resource])[run.resource]
    scores = DimensionScore.objects.filter(run=run)
    return {
        "@context": CONTEXT,
        "@id": f"urn:yiwang:{resource.id}",
        "@type": "dcat:Dataset",
        "dct:identifier": resource.code,
        "dct:title": resource.name,
        "dqv:hasQualityMeasurement": [_measurement(run, one) for one in scores],
    }


def list_newest_scores(actor: Actor, owners: Mapping[str, str]) -> list[tuple[Run, DimensionScore]]:
    """The scores of the newest runs of resources, given with their owners, in three queries. 最近评分。

    Only of those owners for whom the actor holds `share.quality.read`; of the others nothing.
    """
    seen = [one for one, owner in owners.items() if actor.may(READ, organization=owner)]
    runs = {run.id: run for run in latest_runs(seen).values()}
    scores = DimensionScore.objects.filter(run__in=list(runs)).order_by("run_id", "dimension")
    return [(runs[score.run_id], score) for score in scores]


def as_openlineage(actor: Actor, resource_id: str) -> dict[str, Any]:
    """The newest finished run of a resource as an OpenLineage event. 质量断言（OpenLineage）。

    Holders of `share.quality.read` for the owner.
    """
    run = get_newest_run(actor, resource_id)
    resource = catalog.get_resources([run.resource])[run.resource]
    results = Result.objects.filter(run=run).order_by("rule")
    facet = {
        "_producer": PRODUCER,
        "_schemaURL": ASSERTIONS,
        "assertions": [_assertion(one) for one in results],
    }
    return {
        "eventType": "COMPLETE",
        "eventTime": _stamp(run.finished_at or run.created_at),
        "producer": PRODUCER,
        "schemaURL": RUN_EVENT,
        "run": {"runId": catalog.make_run_id(run.id)},
        "job": {"namespace": catalog.get_dataset_namespace(), "name": f"quality.{resource.code}"},
        "inputs": [
            {
                "namespace": catalog.get_dataset_namespace(),
                "name": resource.code,
                "inputFacets": {},
                "facets": {"dataQualityAssertions": facet},
            }
        ],
        "outputs": [],
    }


def get_newest_run(actor: Actor, resource_id: str) -> Run:
    """The newest finished run of a resource. 最近检查。

    Holders of `share.quality.read` for the owner; NotFound `quality.run.none` before the first.
    """
    resource = catalog.get_resource(actor, resource_id)
    actor.require(READ, organization=resource.owner)
    found = find_latest_run(resource.id)
    if found is None:
        raise NotFound("quality.run.none", "%(name)s was not checked yet", name=resource.name)
    return found


def _measurement(run: Run, score: DimensionScore) -> dict[str, Any]:
    dimension = score.dimension or "total"
    label = Dimension(score.dimension).label if score.dimension else ""
    return {
        "@id": f"urn:yiwang:{run.id}#{dimension}",
        "@type": "dqv:QualityMeasurement",
        "dqv:isMeasurementOf": {
            "@id": f"urn:yiwang:metric:{dimension}",
            "@type": "dqv:Metric",
            "skos:prefLabel": str(label) or "Total",
            "dqv:inDimension": {"@id": f"urn:yiwang:dimension:{dimension}"},
        },
        "dqv:value": None
        if score.value is None
        else {"@value": str(round(score.value, 4)), "@type": "xsd:decimal"},
        "dct:description": f"{score.numerator} / {score.denominator}",
        "prov:generatedAtTime": {
            "@value": _stamp(run.finished_at or run.created_at),
            "@type": "xsd:dateTime",
        },
    }


def _assertion(result: Result) -> dict[str, Any]:
    told: dict[str, Any] = {
        "assertion": result.rule,
        "success": result.failed == 0,
        "severity": {"error": "error", "warning": "warn"}.get(result.severity, "error"),
        "expected": "0",
        "actual": str(result.failed),
        "params": {"checked": result.checked, "kind": result.kind, "dimension": result.dimension},
    }
    return told | ({"column": result.fields[0]} if len(result.fields) == 1 else {})


def _stamp(moment: datetime) -> str:
    return moment.isoformat()
