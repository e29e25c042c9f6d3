"""The one door to accounts, organizations, posts, roles, sign-in and tokens. 身份服务。"""

from .account_sheets import import_accounts, plan_accounts
from .accounts import (
    add_post,
    count_without_role,
    create_account,
    end_post,
    find_account,
    get_account,
    get_accounts,
    list_account_ids,
    list_accounts,
    list_organizations_with,
    list_posts,
    lock_account,
    unlock_account,
    update_account,
)
from .actors import (
    find_permissions,
    get_actor,
    installer_actor,
    list_codes_below,
    list_current_posts,
)
from .founding import create_administrators
from .guards import forget_old_guards
from .organization_sheets import import_organizations, plan_organizations
from .organizations import (
    choose_organizations,
    close_organization,
    create_organization,
    find_organization,
    get_organization,
    get_organizations,
    list_organizations,
    list_path,
    list_tree,
    update_organization,
)
from .passwords import change_password, check_new_password, is_change_due, reset_password
from .roles import grant_role, list_grants, revoke_role
from .rules import Rules, get_rules
from .sign_in import end_session, forget_ended_sessions, list_sessions, resume, sign_in, sign_out
from .tokens import authenticate_token, issue_token, list_tokens, revoke_token, rotate_token

__all__ = [
    "Rules",
    "add_post",
    "authenticate_token",
    "change_password",
    "check_new_password",
    "choose_organizations",
    "close_organization",
    "count_without_role",
    "create_account",
    "create_administrators",
    "create_organization",
    "end_post",
    "end_session",
    "find_account",
    "find_organization",
    "find_permissions",
    "forget_ended_sessions",
    "forget_old_guards",
    "get_account",
    "get_accounts",
    "get_actor",
    "get_organization",
    "get_organizations",
    "get_rules",
    "grant_role",
    "import_accounts",
    "import_organizations",
    "installer_actor",
    "is_change_due",
    "issue_token",
    "list_account_ids",
    "list_accounts",
    "list_codes_below",
    "list_current_posts",
    "list_grants",
    "list_organizations",
    "list_organizations_with",
    "list_path",
    "list_posts",
    "list_sessions",
    "list_tokens",
    "list_tree",
    "lock_account",
    "plan_accounts",
    "plan_organizations",
    "reset_password",
    "resume",
    "revoke_role",
    "revoke_token",
    "rotate_token",
    "sign_in",
    "sign_out",
    "unlock_account",
    "update_account",
    "update_organization",
]
