"""The door of comparisons. 比对服务。"""

from .engine import compare_versions

__all__ = ["compare_versions"]
