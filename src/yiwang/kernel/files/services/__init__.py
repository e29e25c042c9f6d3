"""The door to stored files. 文件服务。"""

from yiwang.kernel.files.types import CheckedUpload, FilesReport, StoredFile, WrittenFile

from .checking import check_contents
from .frames import Damaged
from .keys import create_key, derive_key, destroy_key
from .kinds import KINDS, name_kind, show_size
from .scratch import scratch, scratch_root, sweep_scratch
from .sealing import seal_secret, unseal_secret
from .sheets import read_sheet, read_sheet_at
from .storing import (
    copy_file,
    get_file,
    get_files,
    hand_over,
    keep_file,
    list_files,
    list_left,
    open_file,
    remove_file,
    store_file,
    write_file,
)
from .sweeping import Sweep, find_missing, sweep_files
from .uploads import (
    File,
    check_upload,
    claim_uploads,
    content_of,
    describe_file,
    destroy_uploads,
    find_uploads,
    list_unclaimed,
    require_room,
    sent_for,
    write_upload,
)

__all__ = [
    "KINDS",
    "CheckedUpload",
    "Damaged",
    "File",
    "FilesReport",
    "StoredFile",
    "Sweep",
    "WrittenFile",
    "check_contents",
    "check_upload",
    "claim_uploads",
    "content_of",
    "copy_file",
    "create_key",
    "derive_key",
    "describe_file",
    "destroy_key",
    "destroy_uploads",
    "find_missing",
    "find_uploads",
    "get_file",
    "get_files",
    "hand_over",
    "keep_file",
    "list_files",
    "list_left",
    "list_unclaimed",
    "name_kind",
    "open_file",
    "read_sheet",
    "read_sheet_at",
    "remove_file",
    "require_room",
    "scratch",
    "scratch_root",
    "seal_secret",
    "sent_for",
    "show_size",
    "store_file",
    "sweep_files",
    "sweep_scratch",
    "unseal_secret",
    "write_file",
    "write_upload",
]
