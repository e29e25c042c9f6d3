"""The door to stored files. 文件服务。"""

from yiwang.kernel.files.types import StoredFile, WrittenFile

from .frames import Damaged
from .keys import create_key, derive_key, destroy_key
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

__all__ = [
    "Damaged",
    "StoredFile",
    "WrittenFile",
    "copy_file",
    "create_key",
    "derive_key",
    "destroy_key",
    "get_file",
    "get_files",
    "keep_file",
    "list_files",
    "open_file",
    "remove_file",
    "store_file",
    "write_file",
]
