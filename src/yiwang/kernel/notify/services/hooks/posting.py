"""One message to one address, within limits. 外发一次。

The name is resolved once and the connection goes to the address that was looked at. No redirect is
followed, nothing of the answer but its number is read, and ten seconds are all it gets.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from yiwang.kernel.base.errors import Unavailable
from yiwang.kernel.live.services import resolve_public

from .address import Target, get_outside

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said, and how long it took. 应答。"""

    status: int
    milliseconds: int

    @property
    def is_taken(self) -> bool:
        """Whether the message is theirs now: any number of the two hundreds. 是否已接收。"""
        return 200 <= self.status < 300


class PinnedConnection(http.client.HTTPConnection):
    """Connects to the address that was looked at, whatever the name leads to now. 固定地址连接。"""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self.target, self.address = target, address
        self.plain: socket.socket | None = None

    def connect(self) -> None:
        """Open the line, with TLS for the name of the address."""
        self.plain = socket.create_connection((self.address, self.target.port), SECONDS)
        if self.target.secure:
            self.sock = _trust().wrap_socket(self.plain, server_hostname=self.target.host)
        else:
            self.sock = self.plain

    def cut(self) -> None:
        """End it from outside: whoever waits for a byte waits no more."""
        for line in (self.sock, self.plain):
            try:
                if line is not None:
                    socket.socket.shutdown(line, socket.SHUT_RDWR)
            except OSError:
                continue


def post(target: Target, headers: Mapping[str, str], body: bytes) -> Answer:
    """Hand a message over; Unavailable says what stood in the way. 发送。"""
    began = time.monotonic()
    address = resolve_public(target.host, target.port, get_outside().allow)
    line = PinnedConnection(target, address)
    with _failing(), _within(SECONDS, line):
        line.request("POST", target.path, body=body, headers={**headers, "Connection": "close"})
        status = line.getresponse().status
    return Answer(status, int((time.monotonic() - began) * 1000))


@contextmanager
def _within(seconds: float, line: PinnedConnection) -> Iterator[None]:
    """Bytes that come one by one reset every time-out but this one."""
    timer = threading.Timer(seconds, line.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        line.close()


@contextmanager
def _failing() -> Iterator[None]:
    """Every failure of the way as one of ours; what the other side wrote is not repeated."""
    try:
        yield
    except ssl.SSLError as error:
        raise Unavailable(
            "notify.webhook.certificate", "The certificate of the address is not trusted"
        ) from error
    except TimeoutError as error:
        raise Unavailable(
            "notify.webhook.slow", "The address did not answer within ten seconds"
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unavailable("notify.webhook.unreachable", "The address does not answer") from error


def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca := get_outside().ca:
        context.load_verify_locations(ca)
    return context
