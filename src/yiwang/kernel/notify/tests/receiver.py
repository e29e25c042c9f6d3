"""A real HTTP server on loopback that takes webhooks, for tests. 外发接收端。"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Taken:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What it took, and what it answers: `answer` is a number or a way to behave."""

    port: int = 0
    answer: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    drip: bool = False
    before: Callable[[], None] = lambda: None
    taken: list[Taken] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?x=1"


@contextmanager
def open_receiver() -> Iterator[Receiver]:
    """Listen on a free port until the block ends."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = {name.lower(): value for name, value in self.headers.items()}
            receiver.taken.append(Taken(self.path, told, body))
            receiver.before()
            if receiver.drip:
                self.drip()
                return
            self.send_response(receiver.answer)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def drip(self) -> None:
            """A byte now and then, and never the end: each of them resets a time-out of the line."""
            try:
                for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 10_000:
                    self.wfile.write(bytes([letter]))
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                return

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
