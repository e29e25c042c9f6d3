"""What can be found. 检索条目。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id


class SearchEntry(models.Model):
    """One thing that can be found: a resource, an element, a job. 检索条目。

    The index itself stands beside it, made by a migration: on SQLite the FTS5 table
    `search_words` (rowid = id), on PostgreSQL the column `words` (tsvector) of this table.
    `organization` is who may see it when it is not `public`.
    """

    kind = models.CharField(max_length=64)
    ref = models.CharField(max_length=ID_LENGTH + 64)
    title = models.CharField(max_length=500)
    body = models.TextField(blank=True, default="")
    organization = models.CharField(max_length=64, blank=True, default="")
    public = models.BooleanField(default=False)
    url = models.CharField(max_length=500, blank=True, default="")
    facets = models.JSONField(default=dict)
    indexed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="search_entry_once")]
        indexes = [
            models.Index(fields=["kind", "organization"], name="search_entry_kind_org"),
            models.Index(fields=["-id"], name="search_entry_newest"),
        ]


class SearchFacet(models.Model):
    """A value of an entry that results may be narrowed by. 检索分面。"""

    entry = models.ForeignKey(SearchEntry, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=64)
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "name"], name="search_facet_once"),
        ]
        indexes = [models.Index(fields=["name", "value"], name="search_facet_value")]


class SynonymGroup(models.Model):
    """Words that mean the same in this city's search. 同义词组。 `words` is folded, by spaces."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    words = models.CharField(max_length=400)
    created_at = models.DateTimeField()
