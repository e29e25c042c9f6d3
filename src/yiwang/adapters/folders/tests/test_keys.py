"""Private keys of SFTP. 私钥。"""

from __future__ import annotations

import io

import pytest

from yiwang.kernel.base.errors import YiwangError


def test_a_private_key_is_read_from_its_text():
    paramiko = pytest.importorskip("paramiko")
    from yiwang.adapters.folders.sftp import read_key

    for key in (paramiko.ECDSAKey.generate(), paramiko.RSAKey.generate(2048)):
        text = io.StringIO()
        key.write_private_key(text)
        assert read_key(text.getvalue()).asbytes() == key.asbytes()


def test_nonsense_is_no_private_key():
    pytest.importorskip("paramiko")
    from yiwang.adapters.folders.sftp import read_key

    with pytest.raises(YiwangError, match="cannot be read"):
        read_key("nonsense")
