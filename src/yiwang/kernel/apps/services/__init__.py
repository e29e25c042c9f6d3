"""The door to apps. 应用服务。"""

from .checking import find_problems
from .installing import (
    describe_app,
    install_app,
    install_for,
    overlay_app,
    roll_back,
    test_app,
    uninstall_app,
)
from .listing import export_app, is_in_force, list_apps, list_versions, read_files
from .permissions import MANAGE
from .planning import Plan, plan_install
from .reading import list_samples, pack, read_archive, read_folder, read_head
from .ruling import list_kept_rules
from .sampling import load_sample
from .scaffolding import new_app
from .shipped import list_shipped, read_shipped
from .unloading import find_sample, remove_sample

__all__ = [
    "MANAGE",
    "Plan",
    "describe_app",
    "export_app",
    "find_problems",
    "find_sample",
    "install_app",
    "install_for",
    "is_in_force",
    "list_apps",
    "list_kept_rules",
    "list_samples",
    "list_shipped",
    "list_versions",
    "load_sample",
    "new_app",
    "overlay_app",
    "pack",
    "plan_install",
    "read_archive",
    "read_files",
    "read_folder",
    "read_head",
    "read_shipped",
    "remove_sample",
    "roll_back",
    "test_app",
    "uninstall_app",
]
