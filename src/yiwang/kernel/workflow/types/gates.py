"""Who may take a case type out of use. 启用条件。"""

from __future__ import annotations

from collections.abc import Callable

from yiwang.kernel.base.registry import Registry

TYPE_GATES: Registry[Callable[[str], bool]] = Registry("gate of case types")
"""Asked with the code of a type whether it may be started; an app that was uninstalled says no. 流程启用。"""
