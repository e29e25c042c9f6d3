"""What a backup of the business database leaves out is made anew where it is restored."""

from __future__ import annotations

import pytest

from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.lookup.models import Projection
from yiwang.nets.share.lookup.services.tables import create_table, drop_table
from yiwang.site.care.snapshot import list_tables

pytestmark = pytest.mark.django_db


def test_rows_by_key_are_left_out() -> None:
    resource = Resource.objects.create(code="3D01/000001", name="表", owner="D01")
    made = Projection.objects.create(
        resource=resource, pool_version="v", key=[], columns=[], vendor="sqlite"
    )
    create_table(made)

    found = list_tables()

    drop_table(made)
    assert {"catalog_resource", "lookup_shortname"} <= set(found)
    assert not {"lookup_projection", made.table} & set(found)
