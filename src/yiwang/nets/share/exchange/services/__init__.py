"""The door to requests and grants. 共享申请与授权服务。"""

from yiwang.nets.share.exchange.models import DeliveryOut, Grant, Request, Terms

from .about import ROWS as ROWS_ABOUT
from .about import Subject, Told, ask_about, hide_number, list_places, read_subject
from .asking import find_answering, list_beyond, make_request, withdraw_request
from .casework import list_cases
from .checking import LONGEST, RECORDS, check_records, list_check_keys
from .deciding import Plan, Refusal, decide, find_standing, make_plan, make_use_plan, mask_columns
from .delivering import (
    GrantedFile,
    GrantedRows,
    give_up_abandoned,
    hand_out,
    look_granted,
    open_granted,
    refuse_moved,
    stream_granted,
)
from .denying import deny, lift_denial
from .entering import take_evidence
from .finding import (
    find_grant_of,
    get_grant,
    get_request,
    get_terms,
    get_terms_of,
    is_asker,
    list_handed_out,
    list_terms,
    visible_denials,
    visible_grants,
    visible_requests,
)
from .granting import Narrower, narrow_grant, revoke_grant
from .keying import list_keys, match_text
from .masking import PERSONS, needs_whose, show_sql, show_values
from .missing import forget_misses
from .permissions import ASK, DENY, REVOKE, SEE, USE
from .settings_files import list_duties, list_purposes
from .streaming import FileSource, Sending
from .tracing import Trace, trace_file

__all__ = [
    "ASK",
    "DENY",
    "LONGEST",
    "PERSONS",
    "RECORDS",
    "REVOKE",
    "ROWS_ABOUT",
    "SEE",
    "USE",
    "DeliveryOut",
    "FileSource",
    "Grant",
    "GrantedFile",
    "GrantedRows",
    "Narrower",
    "Plan",
    "Refusal",
    "Request",
    "Sending",
    "Subject",
    "Terms",
    "Told",
    "Trace",
    "ask_about",
    "check_records",
    "decide",
    "deny",
    "find_answering",
    "find_grant_of",
    "find_standing",
    "forget_misses",
    "get_grant",
    "get_request",
    "get_terms",
    "get_terms_of",
    "give_up_abandoned",
    "hand_out",
    "hide_number",
    "is_asker",
    "lift_denial",
    "list_beyond",
    "list_cases",
    "list_check_keys",
    "list_duties",
    "list_handed_out",
    "list_keys",
    "list_places",
    "list_purposes",
    "list_terms",
    "look_granted",
    "make_plan",
    "make_request",
    "make_use_plan",
    "mask_columns",
    "match_text",
    "narrow_grant",
    "needs_whose",
    "open_granted",
    "read_subject",
    "refuse_moved",
    "revoke_grant",
    "show_sql",
    "show_values",
    "stream_granted",
    "take_evidence",
    "trace_file",
    "visible_denials",
    "visible_grants",
    "visible_requests",
    "withdraw_request",
]
