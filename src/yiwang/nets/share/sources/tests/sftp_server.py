"""A small SFTP server over a folder, read only, made of paramiko's own server side. 测试用 SFTP 服务。"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import paramiko


class Door(paramiko.ServerInterface):
    def check_auth_password(self, username, password):
        good = (username, password) == ("reader", "right")
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username):
        return "password"

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


def make_files(folder: Path):
    class Files(paramiko.SFTPServerInterface):
        def _real(self, path):
            return folder / self.canonicalize(path).lstrip("/")

        def list_folder(self, path):
            from_stat = paramiko.SFTPAttributes.from_stat
            return [from_stat(one.lstat(), one.name) for one in self._real(path).iterdir()]

        def stat(self, path):
            return self.lstat(path)

        def lstat(self, path):
            try:
                return paramiko.SFTPAttributes.from_stat(self._real(path).lstat())
            except OSError as error:
                return paramiko.SFTPServer.convert_errno(error.errno)

        def open(self, path, flags, attr):
            if flags & (os.O_WRONLY | os.O_RDWR):
                return paramiko.SFTP_PERMISSION_DENIED
            handle = paramiko.SFTPHandle(flags)
            handle.readfile = self._real(path).open("rb")
            return handle

    return Files


def serve(listener, key, folder):
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        transport = paramiko.Transport(line)
        transport.add_server_key(key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, make_files(folder))
        threading.Thread(target=start, args=(transport,), daemon=True).start()


def start(transport):
    try:
        transport.start_server(server=Door())
    except (paramiko.SSHException, EOFError):
        transport.close()
