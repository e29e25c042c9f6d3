"""Reads events from standard input into the stock client's own classes, and writes them back."""

import json
import sys

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import column_lineage_dataset, job_type_job, schema_dataset
from openlineage.client.serde import Serde

KINDS = {
    "columnLineage": lambda told: column_lineage_dataset.ColumnLineageDatasetFacet(
        fields={
            name: column_lineage_dataset.Fields(
                inputFields=[_input(one) for one in made["inputFields"]]
            )
            for name, made in told["fields"].items()
        },
        dataset=[_input(one) for one in told.get("dataset", [])],
    ),
    "schema": lambda told: schema_dataset.SchemaDatasetFacet(
        fields=[schema_dataset.SchemaDatasetFacetFields(**one) for one in told["fields"]]
    ),
    "jobType": lambda told: job_type_job.JobTypeJobFacet(**_plain(told)),
}


def _plain(told):
    return {name: value for name, value in told.items() if not name.startswith("_")}


def _input(told):
    ways = [column_lineage_dataset.Transformation(**one) for one in told["transformations"]]
    return column_lineage_dataset.InputField(**{**told, "transformations": ways})


def _facets(told):
    found = {}
    for name, facet in told.items():
        found[name] = KINDS[name](facet)
        assert found[name]._get_schema() == facet["_schemaURL"], name
    return found


def read(event):
    job = event["job"]
    return RunEvent(
        eventType=RunState(event["eventType"]),
        eventTime=event["eventTime"],
        producer=event["producer"],
        run=Run(**event["run"]),
        job=Job(namespace=job["namespace"], name=job["name"], facets=_facets(job["facets"])),
        inputs=[
            InputDataset(
                namespace=one["namespace"], name=one["name"], facets=_facets(one["facets"])
            )
            for one in event["inputs"]
        ],
        outputs=[
            OutputDataset(
                namespace=one["namespace"], name=one["name"], facets=_facets(one["facets"])
            )
            for one in event["outputs"]
        ],
    )


found = [read(event) for event in json.load(sys.stdin)]
print(json.dumps([json.loads(Serde.to_json(one)) for one in found]))
