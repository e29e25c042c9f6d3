"""A witness of logs: C2SP tlog-witness in one process with one file. 见证服务。

It needs no node: departments and other cities run it on a machine of their own.
"""

from .server import serve
from .state import Reply, WitnessFile

__all__ = ["Reply", "WitnessFile", "serve"]
