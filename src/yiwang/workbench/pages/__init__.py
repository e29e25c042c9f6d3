"""Staff pages over the kernel's own objects. 工作台页面。"""

from __future__ import annotations

from django.urls import path

from . import accounts, exchange, groups, holidays, organizations, sheets, standards, synonyms

urlpatterns = [
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/tree/", organizations.organization_tree, name="organization_tree"),
    path("organizations/new/", organizations.new_organization, name="new_organization"),
    path("organizations/import/", sheets.import_organizations, name="import_organizations"),
    path("organizations/of/<str:code>/", organizations.organization, name="organization"),
    path(
        "organizations/of/<str:code>/edit/",
        organizations.edit_organization,
        name="edit_organization",
    ),
    path(
        "organizations/of/<str:code>/close/",
        organizations.close_organization,
        name="close_organization",
    ),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.new_account, name="new_account"),
    path("accounts/import/", sheets.import_accounts, name="import_accounts"),
    path("accounts/of/<str:account_id>/", accounts.account, name="account"),
    path("accounts/of/<str:account_id>/name/", accounts.rename_account, name="rename_account"),
    path("accounts/of/<str:account_id>/password/", accounts.reset_password, name="reset_password"),
    path("accounts/of/<str:account_id>/lock/", accounts.lock_account, name="lock_account"),
    path("accounts/of/<str:account_id>/unlock/", accounts.unlock_account, name="unlock_account"),
    path("accounts/of/<str:account_id>/posts/", accounts.add_post, name="add_post"),
    path(
        "accounts/of/<str:account_id>/posts/<str:post_id>/end/", accounts.end_post, name="end_post"
    ),
    path("accounts/of/<str:account_id>/roles/", accounts.grant_role, name="grant_role"),
    path(
        "accounts/of/<str:account_id>/roles/<str:role>/revoke/",
        accounts.revoke_role,
        name="revoke_role",
    ),
    path("groups/", groups.front, name="groups"),
    path("groups/of/<str:code>/", groups.groups_of, name="groups_of"),
    path("groups/<str:group_id>/", groups.group, name="group"),
    path("groups/<str:group_id>/answer/", groups.answer, name="answer_group"),
    path("groups/<str:group_id>/join/", groups.join, name="join_group"),
    path("groups/<str:group_id>/leave/", groups.leave, name="leave_group"),
    path("working-days/", holidays.holidays, name="holidays"),
    path("working-days/<int:year>/", holidays.holidays_of, name="holidays_of"),
    path("elements/", standards.elements, name="elements"),
    path("elements/export/", exchange.export_elements, name="export_elements"),
    path("elements/import/", exchange.import_elements, name="import_elements"),
    path("elements/<str:code>/", standards.element, name="element"),
    path("synonyms/", synonyms.synonyms, name="synonyms"),
    path("synonyms/<str:group_id>/remove/", synonyms.remove_synonyms, name="remove_synonyms"),
    path("code-sets/", standards.code_sets, name="code_sets"),
    path("code-sets/import/", exchange.import_code_sets, name="import_code_sets"),
    path(
        "code-sets/<str:code_set>/<str:version>/export/",
        exchange.export_code_set,
        name="export_code_set",
    ),
    path("code-sets/<str:code_set>/<str:version>/", standards.code_set, name="code_set"),
]
