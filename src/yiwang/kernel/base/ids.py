"""Public ids: `node:ulid`. 公共标识。

One installation is one node. Its id is drawn once at first start, kept in the node's home
folder and handed to `set_node` when the settings load. ULIDs sort by time; within one process
they rise strictly.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
NODE_ALPHABET = "abcdefghjkmnpqrstvwxyz23456789"
NODE_LENGTH = 6
ID_LENGTH = NODE_LENGTH + 1 + 26
ID_PATTERN = re.compile(rf"[{NODE_ALPHABET}]{{{NODE_LENGTH}}}:[{ALPHABET}]{{26}}")

_lock = threading.Lock()
_node = "local2"
_last = (0, 0)


def draw_node() -> str:
    """A random node id, for a node's first start. 随机节点号。"""
    return "".join(secrets.choice(NODE_ALPHABET) for _ in range(NODE_LENGTH))


def set_node(node: str) -> None:
    """Set the node that new ids name. 设定节点号。"""
    global _node
    if not re.fullmatch(rf"[{NODE_ALPHABET}]{{{NODE_LENGTH}}}", node):
        raise ValueError(f"not a node id: {node!r}")
    _node = node


def get_node() -> str:
    """The node that new ids name. 当前节点号。"""
    return _node


def new_id() -> str:
    """A new public id, later than all before it in this process. 新标识。"""
    return f"{_node}:{new_ulid()}"


def first_id_at(moment: datetime) -> str:
    """No id of this node drawn from then on is less. 时刻起始标识。"""
    return f"{_node}:{_encode(int(moment.timestamp() * 1000) << 80)}"


def new_ulid() -> str:
    """A ULID: 48 bits of milliseconds, 80 of chance, rising strictly in this process. 时序标识。"""
    global _last
    with _lock:
        stamp, chance = time.time_ns() // 1_000_000, secrets.randbits(80)
        if stamp <= _last[0]:
            stamp, chance = _last[0], _last[1] + 1
        _last = (stamp, chance)
    return _encode(stamp << 80 | chance)


def is_id(text: str) -> bool:
    """Whether `text` has the shape of a public id. 是否公共标识。"""
    return ID_PATTERN.fullmatch(text) is not None


def _encode(number: int) -> str:
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])
