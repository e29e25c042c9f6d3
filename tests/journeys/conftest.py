"""A node on a real port with the real settings, and people of every role signed in to it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connections
from django.test import Client

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.kernel.identity.types import ROLES

from .browser import Look, Visitor, open_browser, require_chromium, visit
from .city import City, open_city

# Playwright's driver runs an event loop in the thread of the tests; the ORM is not used in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
PASSWORD = "Rain-on-the-roof-7"
ORGANIZATIONS = (
    ("B01", "示例市数据局", "", "bureau"),
    ("D01", "示例市民政局", "", "department"),
    ("D02", "示例市统计局", "", "department"),
    ("S01", "东关街道", "D01", "street"),
)
Visit = Callable[..., AbstractContextManager[Visitor]]


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


class ClosingServer(ThreadedWSGIServer):
    """Each request's thread gives its database connection back, as a web server does."""

    daemon_threads = True

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


@pytest.fixture(scope="session")
def address(django_db_setup) -> Iterator[str]:
    server = ClosingServer(("127.0.0.1", 0), QuietHandler)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def browser():
    require_chromium()
    with open_browser() as found:
        yield found


@pytest.fixture
def sessions(transactional_db) -> dict[str, str]:
    """The session cookie of one person for each role."""
    for code, name, parent, kind in ORGANIZATIONS:
        identity.create_organization(SYSTEM, code=code, name=name, parent_code=parent, kind=kind)
    return {role: sign_in(role) for role in ROLES}


def sign_in(role: str) -> str:
    organization = "D01" if role in ("steward", "viewer") else "B01"
    account, _ = identity.create_account(
        SYSTEM,
        name=f"li-{role}",
        full_name="李明",
        organization_code=organization,
        password=PASSWORD,
        must_change_password=False,
    )
    identity.grant_role(SYSTEM, account.id, role)
    client = Client()
    client.post("/sign-in/", {"name": f"li-{role}", "password": PASSWORD})
    return client.cookies["yiwang_session"].value


@pytest.fixture
def at(browser, address, sessions) -> Visit:
    """`with at("steward", Look()) as visitor:`; an empty role is nobody."""

    def open_as(role: str = "", look: Look | None = None) -> AbstractContextManager[Visitor]:
        return visit(browser, address, look or Look(), sessions[role] if role else "")

    return open_as


@pytest.fixture(scope="session")
def city(browser, tmp_path_factory) -> Iterator[City]:
    """The sample city, running with its workers."""
    with open_city(tmp_path_factory.mktemp("city"), browser) as found:
        yield found
