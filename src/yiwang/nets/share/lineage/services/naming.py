"""What the things of this node are called as datasets and jobs. 数据集命名。

A resource is the dataset of its code; what belongs to one stands under a word of its own. Tables of
PostgreSQL and MySQL are named as OpenLineage names them, so that what a pipeline outside tells of
them meets what is read from them here.
"""

from __future__ import annotations

from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Resource
from yiwang.nets.share.lineage.types import DatasetName
from yiwang.nets.share.sources.services import Source, SourceTable


def _here(name: str) -> DatasetName:
    return DatasetName(catalog.get_dataset_namespace(), name)


def name_resource(code: str) -> DatasetName:
    """A resource. 数据资源。"""
    return _here(code)


def name_files(code: str) -> DatasetName:
    """What departments send in for a resource: files that are read alike. 报送文件。"""
    return _here(f"files/{code}")


def name_entity(code: str) -> DatasetName:
    """An entity of an app. 业务对象。"""
    return _here(f"entities/{code}")


def name_grant(number: str) -> DatasetName:
    """What a grant allows. 授权。"""
    return _here(f"grants/{number}")


def name_handed(number: str, method: str) -> DatasetName:
    """What was handed out under a grant, by one way. 交付。"""
    return _here(f"grants/{number}/{method}")


def name_comparison(comparison_id: str) -> DatasetName:
    """The rows of a comparison. 比对结果。"""
    return _here(f"comparisons/{comparison_id}")


def name_source_table(source: Source, table: SourceTable) -> DatasetName:
    """A table of a live source. 数据源表。"""
    told = source.settings
    if source.kind in ("postgres", "mysql"):
        place = f"{source.kind}://{told.get('host', '')}:{told.get('port', '')}"
        return DatasetName(place, f"{told.get('database', '')}.{table.name}")
    return _here(f"sources/{source.id}/{table.name}")


def name_job(kind: str, name: str) -> DatasetName:
    """What this node does: land a resource, grant, hand out, compare. 作业。"""
    return _here(f"{kind}.{name}")


def land_job(resource: Resource) -> DatasetName:
    """The job that lands a resource. 汇聚作业。"""
    return name_job("land", resource.code)
