"""The door to records. 业务对象服务。"""

from yiwang.kernel.records.types import InvalidValues

from .casing import measures_of
from .comparing import compare_bundle
from .declaring import (
    asked_of,
    check_values,
    compute,
    default_form,
    default_view,
    find_problems,
    list_defaults,
    read_bundle,
    schema_of,
)
from .declaring.flaws.known import check_known
from .desk import Desk, at_desk
from .drafts import (
    count_drafts,
    drop_draft,
    find_submission,
    get_draft,
    list_drafts,
    save_draft,
)
from .erasing import HiddenField, erase_hidden, list_hidden
from .exporting import OpenExport, open_export
from .filterable import is_personal
from .history import list_history
from .importing import import_rows
from .keeping import keep_for_case
from .knowing import Kept, Offer, find_known, list_correctable, list_known
from .leading import filter_of, read_counted
from .masking import STARS, is_masked, masker
from .permissions import PUBLISH, USE
from .plans.trees import read_filter
from .publishing import (
    find_pending,
    plan_bundle,
    publish_bundle,
    rehearse_bundle,
)
from .reading import (
    count_records,
    find_record,
    get_record,
    group_records,
    list_linking,
    list_records,
    name_records,
    offer_records,
    reveal_value,
    stream_records,
)
from .reporting import OpenReport, make_report, may_open_report, name_group, open_report
from .retiring import count_app_rows, retire_bundle
from .slots import list_slots
from .snapshot import snapshot
from .streaming import find_newest_change, find_raw, stream_all, system_desk
from .summing import measure_of, sum_records
from .uploads import keep_upload, note_file
from .values import from_stored, to_json, to_plain, to_stored
from .viewing import filter_of_view, read_wanted
from .writing import add_records, create_record, remove_record, restore_record, update_record

__all__ = [
    "PUBLISH",
    "STARS",
    "USE",
    "Desk",
    "HiddenField",
    "InvalidValues",
    "Kept",
    "Offer",
    "OpenExport",
    "OpenReport",
    "add_records",
    "asked_of",
    "at_desk",
    "check_known",
    "check_values",
    "compare_bundle",
    "compute",
    "count_app_rows",
    "count_drafts",
    "count_records",
    "create_record",
    "default_form",
    "default_view",
    "drop_draft",
    "erase_hidden",
    "filter_of",
    "filter_of_view",
    "find_known",
    "find_newest_change",
    "find_pending",
    "find_problems",
    "find_raw",
    "find_record",
    "find_submission",
    "from_stored",
    "get_draft",
    "get_record",
    "group_records",
    "import_rows",
    "is_masked",
    "is_personal",
    "keep_for_case",
    "keep_upload",
    "list_correctable",
    "list_defaults",
    "list_drafts",
    "list_hidden",
    "list_history",
    "list_known",
    "list_linking",
    "list_records",
    "list_slots",
    "make_report",
    "masker",
    "may_open_report",
    "measure_of",
    "measures_of",
    "name_group",
    "name_records",
    "note_file",
    "offer_records",
    "open_export",
    "open_report",
    "plan_bundle",
    "publish_bundle",
    "read_bundle",
    "read_counted",
    "read_filter",
    "read_wanted",
    "rehearse_bundle",
    "remove_record",
    "restore_record",
    "retire_bundle",
    "reveal_value",
    "save_draft",
    "schema_of",
    "snapshot",
    "stream_all",
    "stream_records",
    "sum_records",
    "system_desk",
    "to_json",
    "to_plain",
    "to_stored",
    "update_record",
]
