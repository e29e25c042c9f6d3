"""The sample city on a real node with its workers, and its people signed in to it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page

from tests.operations.conftest import Node

from .browser import Look, Visitor, visit

NO_PAGE = re.compile(
    r"/export/|/evidence/bundle/|/sign-out/|[?&]format=|/static/|/api/v1/|/healthz|/robots.txt"
)
LINKS = "() => [...document.querySelectorAll('a[href]:not([download])')].map((a) => a.href)"


@dataclass
class City:
    """A running sample city: its address, its people by role, its things."""

    base: str
    browser: Browser
    names: dict[str, str]
    password: str
    comparisons: list[dict[str, str]]
    node: Node
    sessions: dict[str, str] = field(default_factory=dict)

    def at(self, role: str, look: Look | None = None) -> AbstractContextManager[Visitor]:
        """A page of the person who holds the role, signed in; an empty role is nobody."""
        if role and role not in self.sessions:
            with visit(self.browser, self.base, Look()) as visitor:
                self.sign_in(visitor.page, self.names[role])
                cookies = visitor.page.context.cookies()
            self.sessions[role] = next(
                one["value"] for one in cookies if one["name"] == "yiwang_session"
            )
        session = self.sessions[role] if role else ""
        return visit(self.browser, self.base, look or Look(), session)

    def sign_in(self, page: Page, name: str) -> None:
        """Fill in the form as a person does."""
        page.goto(f"{self.base}/sign-in/")
        page.fill("[name=name]", name)
        page.fill("[name=password]", self.password)
        page.click("main button[type=submit]")


@contextmanager
def open_city(folder: Path, browser: Browser) -> Iterator[City]:
    """Makes the node, loads the sample city, starts it and gives it back.

    Where the suite runs on PostgreSQL the node does too, in a database of its own.
    """
    with own_database(folder.name) as database:
        yield from start_city(Node(folder / "home", database), browser)


@contextmanager
def own_database(name: str) -> Iterator[str]:
    """The address of a database that is there for this city only; empty on SQLite."""
    server = os.environ.get("YIWANG_DATABASE", "").rpartition("/")[0]
    if not server:
        yield ""
        return
    import psycopg

    name = f"yiwang_{re.sub(r'[^a-z0-9]', '', name)}_{os.getpid()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield f"{server}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def start_city(node: Node, browser: Browser) -> Iterator[City]:
    """The sample city on a node, running until its visitors have gone."""
    node.run("init")
    found = node.ask("sample", "load")
    with node.running() as running:
        running.first_page()
        yield City(
            running.address("").rstrip("/"),
            browser,
            names={one["role"]: one["name"] for one in reversed(found["sign_ins"])},
            password=found["sign_ins"][0]["password"],
            comparisons=found["comparisons"],
            node=node,
        )


def list_links(visitor: Visitor) -> list[str]:
    """Addresses of this node's pages that the open page leads to, each once, in order."""
    found: dict[str, None] = {}
    for address in visitor.page.evaluate(LINKS):
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if address.startswith(visitor.base) and not NO_PAGE.search(path):
            found[path] = None
    return list(found)


def name_route(path: str) -> str:
    """The route of an address: pages of one route are drawn alike."""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return path


def crawl(visitor: Visitor, *, each: int, start: str = "/home/") -> Iterator[str]:
    """Follows links from page to page, at most `each` pages of one route; the page stays open."""
    waiting, known, seen = [start], {start}, dict[str, int]()
    while waiting:
        path = waiting.pop(0)
        route = name_route(path)
        if seen.get(route, 0) >= each:
            continue
        seen[route] = seen.get(route, 0) + 1
        yield path
        for link in list_links(visitor):
            if link not in known:
                known.add(link)
                waiting.append(link)
