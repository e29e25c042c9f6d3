"""Apps that stand on the node, their versions, what the city changed of them. 应用。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id

APP_LENGTH, PATH_LENGTH = 40, 120


class AppVersion(models.Model):
    """One version of an app as it came onto the node; it never changes, held by triggers. 应用版本。

    `files` is the JSON text of the vendor's files by name, `overlay` that of the city's files
    beside them: together they were what was installed. `number` counts installs of the app here,
    `label` is what its makers call the version.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    app = models.CharField(max_length=APP_LENGTH)
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=40)
    files = models.TextField()
    overlay = models.TextField()
    digest = models.CharField(max_length=64)
    installed_by = models.CharField(max_length=ID_LENGTH)
    installed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="apps_version", fields=["app", "number"])]


class InstalledApp(models.Model):
    """Which version of an app holds; without one it was uninstalled. 已装应用。"""

    app = models.CharField(primary_key=True, max_length=APP_LENGTH)
    version = models.ForeignKey(AppVersion, models.PROTECT, related_name="+", null=True)
    needs = models.JSONField(default=list)
    changed_at = models.DateTimeField()


class SampleRow(models.Model):
    """A record that the sample of an app brought, so that it can be taken away again. 示例记录。

    `record` is its id in `entity`; the order is that in which they were loaded.
    """

    app = models.CharField(max_length=APP_LENGTH)
    entity = models.CharField(max_length=2 * APP_LENGTH + 1)
    record = models.CharField(max_length=ID_LENGTH, unique=True)

    class Meta:
        indexes = [models.Index(name="apps_sample", fields=["app", "id"])]
