"""The door to row look-ups. 授权查询服务。"""

from yiwang.nets.share.catalog.services import READ
from yiwang.nets.share.exchange.services import USE

from .datastore import search_datastore
from .keyed import find_keyed_rows
from .metadata import SET, write_metadata
from .naming import name_columns
from .odata import count_rows, next_options, read_options, read_rows
from .packages import (
    list_organizations,
    list_packages,
    search_packages,
    show_organization,
    show_package,
)
from .projecting import arrange, arrange_all, arrange_for_grant, project
from .sources import find_source, list_columns, with_masks

__all__ = [
    "READ",
    "SET",
    "USE",
    "arrange",
    "arrange_all",
    "arrange_for_grant",
    "count_rows",
    "find_keyed_rows",
    "find_source",
    "list_columns",
    "list_organizations",
    "list_packages",
    "name_columns",
    "next_options",
    "project",
    "read_options",
    "read_rows",
    "search_datastore",
    "search_packages",
    "show_organization",
    "show_package",
    "with_masks",
    "write_metadata",
]
