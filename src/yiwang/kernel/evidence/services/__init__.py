"""The door to the evidence log. 存证服务。"""

from yiwang.kernel.evidence.types import Batch, LogState, WitnessInfo

from .bundling import make_bundle
from .epochs import open_epoch, resume_log
from .examining import examine_log, is_restored
from .freshness import require_fresh
from .policy import find_policy
from .proving import prove
from .reading import (
    describe_log,
    find_file,
    list_entries,
    list_witnesses,
    read_script,
    write_policy,
)
from .recording import record_evidence
from .sequencing import sequence
from .witnessing import ask_witnesses

__all__ = [
    "Batch",
    "LogState",
    "WitnessInfo",
    "ask_witnesses",
    "describe_log",
    "examine_log",
    "find_file",
    "find_policy",
    "is_restored",
    "list_entries",
    "list_witnesses",
    "make_bundle",
    "open_epoch",
    "prove",
    "read_script",
    "record_evidence",
    "require_fresh",
    "resume_log",
    "sequence",
    "write_policy",
]
