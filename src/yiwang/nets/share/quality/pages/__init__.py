"""Pages of data quality. 数据质量页面。"""

from __future__ import annotations

from django.urls import path

from .findings import FINDING_PATHS
from .notices import NOTICE_PATHS
from .overview import OVERVIEW_PATHS
from .rule_forms import RULE_PATHS
from .rule_list import rules

urlpatterns = [
    path("of/<str:resource_id>/rules/", rules, name="rules"),
    *RULE_PATHS,
    *OVERVIEW_PATHS,
    *FINDING_PATHS,
    *NOTICE_PATHS,
]
