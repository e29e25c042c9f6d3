"""The door to stored files. 文件服务。"""

from yiwang.kernel.files.types import FilesReport, StoredFile, WrittenFile

from .checking import check_contents
from .frames import Damaged
from .keys import create_key, derive_key, destroy_key
from .scratch import scratch, scratch_root, sweep_scratch
from .sheets import read_sheet
from .storing import (
    copy_file,
    get_file,
    get_files,
    keep_file,
    list_files,
    open_file,
    remove_file,
    store_file,
    write_file,
)
from .sweeping import Sweep, find_missing, sweep_files

__all__ = [
    "Damaged",
    "FilesReport",
    "StoredFile",
    "Sweep",
    "WrittenFile",
    "check_contents",
    "copy_file",
    "create_key",
    "derive_key",
    "destroy_key",
    "find_missing",
    "get_file",
    "get_files",
    "keep_file",
    "list_files",
    "open_file",
    "read_sheet",
    "remove_file",
    "scratch",
    "scratch_root",
    "store_file",
    "sweep_files",
    "sweep_scratch",
    "write_file",
]
