"""The door to the catalogue. 目录服务。"""

from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.catalog.types import ItemInfo, ResourceInfo

from .entries import (
    count_drafts,
    count_states,
    create_resource,
    describe,
    describe_item,
    find_of_owner,
    find_resource,
    get_resource,
    get_resources,
    list_by_id,
    list_items,
    list_owner_codes,
    mark_landed,
    name_codes,
    name_owners,
    ref_of,
    update_resource,
    visible_resources,
)
from .exporting import FORMATS, OpenExport, open_export, read_filter
from .framing import frame_of
from .items import bind_elements, set_items
from .looking import (
    Head,
    Look,
    end_unmasking,
    export_rows,
    list_looks,
    list_versions,
    look_profile,
    look_row,
    look_rows,
    unmask_resource,
)
from .naming import name_owners_in
from .publishing import list_missing, publish_resource, withdraw_publication
from .searching import find_ids, search_resources
from .sight import HIDDEN, Sight, find_unmasking, hide, hide_sql, record_look, sight_of

__all__ = [
    "FORMATS",
    "HIDDEN",
    "Head",
    "Item",
    "ItemInfo",
    "Look",
    "OpenExport",
    "Resource",
    "ResourceInfo",
    "Sight",
    "bind_elements",
    "count_drafts",
    "count_states",
    "create_resource",
    "describe",
    "describe_item",
    "end_unmasking",
    "export_rows",
    "find_ids",
    "find_of_owner",
    "find_resource",
    "find_unmasking",
    "frame_of",
    "get_resource",
    "get_resources",
    "hide",
    "hide_sql",
    "list_by_id",
    "list_items",
    "list_looks",
    "list_missing",
    "list_owner_codes",
    "list_versions",
    "look_profile",
    "look_row",
    "look_rows",
    "mark_landed",
    "name_codes",
    "name_owners",
    "name_owners_in",
    "open_export",
    "publish_resource",
    "read_filter",
    "record_look",
    "ref_of",
    "search_resources",
    "set_items",
    "sight_of",
    "unmask_resource",
    "update_resource",
    "visible_resources",
    "withdraw_publication",
]
