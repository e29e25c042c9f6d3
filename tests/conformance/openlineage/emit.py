"""Tells of one run with the stock client: its start with inputs, its end with columns."""

import json
import sys

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset, sql_job
from openlineage.client.transport.http import HttpConfig, HttpTransport

url, token = sys.argv[1:3]
told = json.load(sys.stdin)
client = OpenLineageClient(
    transport=HttpTransport(
        HttpConfig.from_dict(
            {"type": "http", "url": url, "auth": {"type": "api_key", "apiKey": token}}
        )
    )
)
job = Job(
    namespace=told["job"][0],
    name=told["job"][1],
    facets={"sql": sql_job.SQLJobFacet(query="insert into 统计 select 街道, count(*) from 名册")},
)
run = Run(runId=told["run"])
source = InputDataset(namespace=told["input"][0], name=told["input"][1])
fields = {
    column: column_lineage_dataset.Fields(
        inputFields=[
            column_lineage_dataset.InputField(
                namespace=told["input"][0],
                name=told["input"][1],
                field=field,
                transformations=[
                    column_lineage_dataset.Transformation(
                        type="DIRECT", subtype="TRANSFORMATION", masking=masked
                    )
                ],
            )
        ]
    )
    for column, field, masked in told["columns"]
}
made = OutputDataset(
    namespace=told["output"][0],
    name=told["output"][1],
    facets={
        "schema": schema_dataset.SchemaDatasetFacet(
            fields=[
                schema_dataset.SchemaDatasetFacetFields(name=one, type="text") for one in fields
            ]
        )
    }
    | (
        {"columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(fields=fields)}
        if fields
        else {}
    ),
)
common = {"run": run, "job": job, "producer": "https://example.org/统计任务"}
client.emit(
    RunEvent(
        eventType=RunState.START, eventTime="2026-11-20T08:00:00.000000Z", inputs=[source],
        outputs=[], **common,
    )
)  # fmt: skip
client.emit(
    RunEvent(
        eventType=RunState.COMPLETE, eventTime="2026-11-20T08:01:00.123456789+00:00",
        inputs=[], outputs=[made], **common,
    )
)  # fmt: skip
print("told")
