"""Each role at each page: what opens, and what is refused. 角色矩阵。"""

from __future__ import annotations

import pytest
from django.urls import reverse

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.identity import services
from yiwang.kernel.identity.types import ROLES
from yiwang.kernel.search import services as search
from yiwang.workbench.pages import urlpatterns

from .conftest import EVERY_ROLE

EDITOR = Actor("engineer", permissions={"search.synonyms.edit": "all"})
EVERYBODY = frozenset(ROLES)
SIGNED_IN = EVERYBODY | {""}
ADMINISTRATORS = frozenset({"sysadmin", "secadmin", "auditor"})
SYSADMIN = frozenset({"sysadmin"})
SECADMIN = frozenset({"secadmin"})
ENGINEER = frozenset({"engineer"})

# name of the page -> who may; "POST" pages change something
READ = {
    "organizations": EVERYBODY,
    "organization_tree": EVERYBODY,
    "organization": EVERYBODY,
    "new_organization": SYSADMIN,
    "import_organizations": SYSADMIN,
    "edit_organization": SYSADMIN,
    "accounts": ADMINISTRATORS,
    "account": ADMINISTRATORS,
    "new_account": SYSADMIN,
    "import_accounts": SYSADMIN,
    "elements": SIGNED_IN,
    "element": SIGNED_IN,
    "code_sets": SIGNED_IN,
    "code_set": SIGNED_IN,
    "export_elements": SIGNED_IN,
    "export_code_set": SIGNED_IN,
    "import_elements": ENGINEER,
    "import_code_sets": ENGINEER,
    "synonyms": ENGINEER,
    "holidays": SIGNED_IN,
    "holidays_of": SIGNED_IN,
}
WRITE = {
    "close_organization": SYSADMIN,
    "rename_account": SYSADMIN,
    "add_post": SYSADMIN,
    "end_post": SYSADMIN,
    "reset_password": SECADMIN,
    "unlock_account": SECADMIN,
    "grant_role": SECADMIN,
    "revoke_role": SECADMIN,
    "lock_account": SYSADMIN | SECADMIN,
    "remove_synonyms": ENGINEER,
}
FORMS = {
    "rename_account": {"full_name": "新名"},
    "add_post": {"organization_code": "D02"},
    "lock_account": {"reason": "离职"},
    "grant_role": {"role": "viewer"},
}


@pytest.fixture
def other(make_account):
    """Somebody to whom things are done, in a city with a group of synonyms."""
    search.add_synonyms(EDITOR, "甲词 乙词")
    return make_account("steward", name="other")


def address(name: str, other) -> str:
    from yiwang.kernel.standards.services import get_elements, list_code_sets

    code_set = list_code_sets()[0]
    post = services.list_posts(SYSTEM, other.id)[0]
    arguments = {
        "organization": ["S01"],
        "edit_organization": ["S01"],
        "close_organization": ["S01"],
        "element": [next(iter(get_elements()))],
        "holidays_of": [2026],
        "code_set": [code_set.code_set, code_set.version],
        "export_code_set": [code_set.code_set, code_set.version],
        "end_post": [other.id, post.id],
        "revoke_role": [other.id, "steward"],
        "remove_synonyms": [group.id for group in search.list_synonyms()][:1],
    }
    on_account = "account" in name or name in WRITE
    plain = name in ("accounts", "new_account", "import_accounts")
    fallback = [other.id] if on_account and not plain else []
    return reverse(f"workbench:{name}", args=arguments.get(name, fallback))


# Who may see these is a matter of the records they show: `test_groups` holds it.
OF_RECORDS = {"groups", "groups_of", "group", "answer_group", "join_group", "leave_group"}


def test_the_matrix_names_every_page():
    names = {pattern.name for pattern in urlpatterns}
    assert READ.keys() | WRITE.keys() | OF_RECORDS == names


@pytest.mark.parametrize("name", READ)
def test_who_may_read_reads_and_others_are_refused(browse, other, name):
    for role in EVERY_ROLE:
        answer = browse(role).get(address(name, other))

        expected = 302 if role is None else 200 if role in READ[name] else 403
        assert (role, answer.status_code) == (role, expected)


@pytest.mark.parametrize("name", WRITE)
def test_who_may_not_write_is_refused_and_nothing_changes(browse, other, name):
    before = snapshot(other)
    url = address(name, other)
    for role in EVERY_ROLE:
        if role in WRITE[name]:
            continue
        answer = browse(role).post(url, FORMS.get(name, {}))

        assert (role, answer.status_code) == (role, 302 if role is None else 403)
        assert snapshot(other) == before


@pytest.mark.parametrize("name", WRITE)
def test_who_may_write_writes(browse, other, name):
    for role in sorted(WRITE[name]):
        before = snapshot(other)

        answer = browse(role).post(address(name, other), FORMS.get(name, {}))

        assert answer.status_code in (200, 302)
        assert name == "unlock_account" or snapshot(other) != before
        services.unlock_account(SYSTEM, other.id)


@pytest.mark.parametrize(
    "name", [name for name in WRITE if name not in ("close_organization", "remove_synonyms")]
)
def test_nobody_does_it_to_themself(browse, name):
    for role in sorted(WRITE[name]):
        client = browse(role)
        own = services.find_account(f"one-{role}")
        actor = services.get_actor(own.id)
        before = snapshot(actor)
        url = (
            address(name, actor)
            if name != "revoke_role"
            else reverse("workbench:revoke_role", args=[own.id, role])
        )

        answer = client.post(url, FORMS.get(name, {}))

        assert name == "rename_account" or answer.status_code == 403
        assert name == "rename_account" or snapshot(actor) == before


@pytest.mark.parametrize("name", WRITE)
def test_a_page_that_changes_something_answers_no_get(browse, other, name):
    assert browse("sysadmin").get(address(name, other)).status_code in (403, 405)


def snapshot(actor) -> tuple[object, ...]:
    from yiwang.kernel.identity.models import Account

    stored = Account.objects.get(pk=actor.id)
    return (
        [group.id for group in search.list_synonyms()],
        services.get_accounts([actor.id])[actor.id].roles,
        stored.full_name,
        stored.locked_at,
        stored.password,
        [
            (post.organization_code, post.valid_until)
            for post in services.list_posts(SYSTEM, actor.id)
        ],
        services.get_organization("S01").valid_until,
    )
