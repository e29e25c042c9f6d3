"""Places that records take in slots of a day: counted, shown, counted anew. 时段名额。"""

from .claims import claims_of, list_claims
from .lowering import refuse_lowered
from .recounting import plan_recount, recount, recount_all, recount_bundle
from .showing import list_slots
from .taking import Taking

__all__ = [
    "Taking",
    "claims_of",
    "list_claims",
    "list_slots",
    "plan_recount",
    "recount",
    "recount_all",
    "recount_bundle",
    "refuse_lowered",
]
