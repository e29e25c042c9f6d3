"""The door to requests and grants. 共享申请与授权服务。"""

from yiwang.nets.share.exchange.models import Terms

from .asking import find_answering, list_beyond, make_request, withdraw_request
from .casework import list_cases
from .deciding import Plan, Refusal, decide, mask_columns
from .delivering import GrantedRows, look_granted, open_granted
from .denying import deny, lift_denial
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
from .permissions import ASK, DENY, REVOKE, SEE, USE
from .settings_files import list_duties, list_purposes

__all__ = [
    "ASK",
    "DENY",
    "REVOKE",
    "SEE",
    "USE",
    "GrantedRows",
    "Narrower",
    "Plan",
    "Refusal",
    "Terms",
    "decide",
    "deny",
    "find_answering",
    "find_grant_of",
    "get_grant",
    "get_request",
    "get_terms",
    "get_terms_of",
    "is_asker",
    "lift_denial",
    "list_beyond",
    "list_cases",
    "list_duties",
    "list_handed_out",
    "list_purposes",
    "list_terms",
    "look_granted",
    "make_request",
    "mask_columns",
    "narrow_grant",
    "open_granted",
    "revoke_grant",
    "visible_denials",
    "visible_grants",
    "visible_requests",
    "withdraw_request",
]
