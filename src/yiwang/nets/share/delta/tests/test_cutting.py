"""A download under way ends with its grant; and downloads leave threads to the pages."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client

from yiwang.kernel.base.errors import TooMany
from yiwang.nets.share.delta import services
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.services import streaming
from yiwang.nets.share.exchange.tests.town import make_town

from .test_protocol import (
    client_of,
    fetch,
    land,
    query,
    spoil_denied,
    spoil_narrowed,
    spoil_revoked,
)

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 120_000


@pytest.fixture
def large(transactional_db):
    """A file of several megabytes: more than what lies in buffers on the way."""
    town = make_town()
    land(town, [("甲", "1", secrets.token_hex(64), "在业") for _ in range(MANY)])
    return town, town.grant(volume=10**6)


def start_slowly(live_server, url):
    """The first kilobytes of a file, and the connection on which the rest comes."""
    parts = urlsplit(url)
    wire = socket.create_connection((live_server.thread.host, live_server.thread.port))
    wire.sendall(
        f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    )
    return wire, wire.recv(4096)


def drain(wire):
    taken = 0
    while block := wire.recv(1 << 16):
        taken += len(block)
    return taken


@pytest.mark.parametrize("spoil", [spoil_revoked, spoil_narrowed, spoil_denied])
def test_a_download_under_way_is_cut(large, live_server, spoil):
    town, grant = large
    url = query(client_of(town, "reader"), grant)[2]["file"]["url"]
    size = len(fetch(url))
    wire, first = start_slowly(live_server, url)
    assert b"200 OK" in first

    spoil(town, grant, None)
    time.sleep(streaming.LOOK + 0.1)  # what is looked at again only after so long
    taken = len(first) + drain(wire)

    assert taken < size


def test_a_download_that_nobody_ends_is_whole(large, live_server):
    town, grant = large
    url = query(client_of(town, "reader"), grant)[2]["file"]["url"]
    size = len(fetch(url))
    wire, first = start_slowly(live_server, url)

    time.sleep(streaming.LOOK + 0.1)

    assert len(first) + drain(wire) > size


def test_only_so_many_downloads_run_at_once(large, settings, monkeypatch):
    town, grant = large
    monkeypatch.setattr(streaming, "PATIENCE", 0.05)
    url = query(client_of(town, "reader"), grant)[2]["file"]["url"].removeprefix(
        "http://testserver"
    )
    running = [Client().get(url) for _ in range(settings.YIWANG_DOWNLOADS)]

    refused = Client().get(url)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert Client().head(url).status_code == 200
    running[0].close()

    running[0] = Client().get(url)
    assert running[0].status_code == 200
    for one in running:
        one.close()


def test_of_many_who_ask_at_once_all_get_one_copy(large):
    town, grant = large
    found, gate, before = [], threading.Barrier(6), set(services.copies_folder().iterdir())

    def ask():
        gate.wait()
        try:
            found.append(services.ensure_copy(town.people["reader"], grant.id)[1])
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 6
    assert {one.number for one in found} == {0}
    assert set(services.copies_folder().iterdir()) - before == {services.path_of(found[0], "rows")}


def test_the_place_of_a_refused_file_is_free_again(large, settings):
    town, grant = large
    plan, copy = services.ensure_copy(town.people["reader"], grant.id)
    for _ in range(5):
        source = exchange.FileSource(services.path_of(copy, "rows").open("rb"))
        sending = exchange.Sending(town.people["reader"], plan, source)
        sending.close()
        sending.close()
    held = []
    with pytest.raises(TooMany):
        while True:
            source = exchange.FileSource(services.path_of(copy, "rows").open("rb"))
            held.append(exchange.Sending(town.people["reader"], plan, source))
    for one in held:
        one.close()

    assert len(held) == settings.YIWANG_DOWNLOADS
