"""Odd addresses and odd forms: an answer in words, never a fault. 异常输入。"""

from __future__ import annotations

import pytest

ODD = ["%00", "a%00b", "%F0%9F%98%80", "..%2F..", "%27%3B--", "x" * 300, "%EF%BF%BE", "%25"]
PLACES = [
    "/workbench/organizations/?q={}",
    "/workbench/organizations/?kind={}",
    "/workbench/organizations/?after={}",
    "/workbench/organizations/new/?under={}",
    "/workbench/organizations/of/{}/",
    "/workbench/organizations/of/{}/edit/",
    "/workbench/accounts/?q={}",
    "/workbench/accounts/?organization={}",
    "/workbench/accounts/of/{}/",
    "/workbench/elements/?q={}",
    "/workbench/elements/{}/",
    "/workbench/code-sets/{}/{}/",
    "/notify/?after={}",
    "/notify/{}/",
    "/sign-in/?next={}",
    "/api/v1/workbench/organizations?text={}",
    "/api/v1/workbench/organizations?below={}",
    "/api/v1/workbench/organizations?after={}",
    "/api/v1/workbench/organizations/{}",
    "/api/v1/workbench/accounts?text={}",
    "/api/v1/workbench/accounts?role={}",
    "/api/v1/workbench/accounts/{}",
]


@pytest.mark.parametrize("place", PLACES)
def test_odd_addresses_are_answered(browse, place):
    client = browse("sysadmin")
    client.raise_request_exception = False

    for odd in ODD:
        answer = client.get(place.replace("{}", odd))

        assert (odd, answer.status_code < 500) == (odd, True)


@pytest.mark.parametrize("odd", ["\x00", "a\x00b", "😀" * 200, "\ufffe", "' OR 1=1 --"])
def test_odd_forms_are_answered(browse, make_account, odd):
    other = make_account("steward", name="other")
    sysadmin, secadmin = browse("sysadmin"), browse("secadmin")
    forms = [
        (sysadmin, "/workbench/organizations/new/", {"code": odd, "name": odd, "kind": odd}),
        (sysadmin, "/workbench/organizations/of/D01/edit/", {"name": odd, "kind": "department"}),
        (sysadmin, "/workbench/organizations/of/S01/close/", {"reason": odd}),
        (sysadmin, "/workbench/accounts/new/", {"name": odd, "full_name": odd, "title": odd}),
        (sysadmin, f"/workbench/accounts/of/{other.id}/name/", {"full_name": odd}),
        (sysadmin, f"/workbench/accounts/of/{other.id}/posts/", {"organization_code": odd}),
        (secadmin, f"/workbench/accounts/of/{other.id}/roles/", {"role": odd, "reason": odd}),
        (secadmin, f"/workbench/accounts/of/{other.id}/roles/x/revoke/", {"reason": odd}),
        (secadmin, f"/workbench/accounts/of/{other.id}/password/", {"reason": odd}),
        (secadmin, f"/workbench/accounts/of/{other.id}/lock/", {"reason": odd}),
        (secadmin, "/me/tokens/", {"name": odd, "days": odd}),
        (secadmin, "/me/password/", {"old": odd, "new": odd, "again": odd}),
        (secadmin, "/sign-in/", {"name": odd, "password": odd, "next": odd}),
    ]

    for client, place, form in forms:
        client.raise_request_exception = False
        answer = client.post(place, form)

        assert (place, answer.status_code < 500) == (place, True)
