"""The door to the ledger. 台账服务。"""

from .guards import check_guards
from .writing import acting, current_act, record_read, record_refusal

__all__ = ["acting", "check_guards", "current_act", "record_read", "record_refusal"]
