"""The page of permissions is made from their declarations, and held to them.

`python -m tests.architecture.test_permissions` writes it anew.
"""

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "permissions.md"
HEAD = """# Permissions and roles

Written by `python -m tests.architecture.test_permissions` from what the modules declare; a test
holds it to them. `own`: things of the organization one holds a post in, and of those below it;
`all`: everything. Permissions marked with a dot touch business data; the three administrators never
hold those, whatever a declaration says. How roles are granted: [accounts and
roles](../howto/accounts-and-roles.md); why the three administrators stand apart:
[the three administrators](../explanation/three-administrators.md).
"""


def describe() -> str:
    from yiwang.kernel.base.permissions import PERMISSIONS
    from yiwang.kernel.identity.services import find_permissions
    from yiwang.kernel.identity.types import ROLES

    held = {role: find_permissions([role]) for role in ROLES}
    roles = [f"| `{role.code}` | {role.label} | {role.help} |" for role in ROLES.values()]
    rows = [
        f"| `{one.name}`{' •' if one.touches_business_data else ''} | {one.label} | "
        + " | ".join(held[role].get(one.name, "") for role in ROLES)
        + " |"
        for one in sorted(PERMISSIONS.values(), key=lambda one: one.name)
    ]
    return "\n".join(
        [
            HEAD,
            "## Roles\n",
            "| role | name | what it is for |\n|---|---|---|",
            *roles,
            "\n## Permissions\n",
            f"| permission | what it allows | {' | '.join(ROLES)} |",
            "|---|---|" + "---|" * len(ROLES),
            *rows,
            "",
        ]
    )


def test_the_page_of_permissions_is_as_declared() -> None:
    assert PAGE.read_text("utf-8") == describe(), (
        "permissions changed: run python -m tests.architecture.test_permissions"
    )


if __name__ == "__main__":
    import os

    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    PAGE.write_text(describe(), "utf-8")
