"""Records for programs: one set of operations for every declared entity. 业务对象接口。"""

from . import reading, writing
from .routing import router

__all__ = ["reading", "router", "writing"]
