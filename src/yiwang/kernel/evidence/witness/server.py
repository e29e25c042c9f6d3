"""The HTTP side of a witness. 见证服务接口。"""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from yiwang.kernel.evidence.formats.notes import LONGEST_NOTE

from .state import Reply, WitnessFile

SECONDS = 10
LONGEST = LONGEST_NOTE + 4096
ADD = "/add-checkpoint"


class Server(ThreadingHTTPServer):
    """One thread for each request; they end with the process. 见证服务器。"""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], state: WitnessFile) -> None:
        super().__init__(address, Handler)
        self.state = state


class Handler(BaseHTTPRequestHandler):
    """Takes `POST …/add-checkpoint`; shows its public key at any other address. 请求处理。"""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "yiwang-witness"
    sys_version = ""
    timeout = SECONDS

    def do_POST(self) -> None:
        """Cosign, or say why not."""
        length = self.headers.get("Content-Length", "")
        if not self.path.endswith(ADD):
            self._answer(Reply(404, "nothing here\n"))
        elif not length.isdigit() or int(length) > LONGEST:
            self._answer(Reply(413, "too long\n"))
        else:
            self._answer(self.server.state.add_checkpoint(self.rfile.read(int(length))))

    def do_GET(self) -> None:
        """Say whose witness this is."""
        self._answer(Reply(200, f"{self.server.state.key.text}\n"))

    def _answer(self, reply: Reply) -> None:
        content = reply.text.encode()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(content)))
        if reply.status in (404, 413):
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Nothing is printed for each request."""


def serve(file: Path, host: str, port: int) -> Server:
    """A server that listens; the caller has it serve until it should end. 启动见证服务。"""
    state = WitnessFile(file)
    state.list_logs()  # A file that is missing is told before anybody asks.
    return Server((host, port), state)
