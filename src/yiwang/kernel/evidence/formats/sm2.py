"""SM2 with SM3 over the system's libcrypto (GB/T 32918): keys, signing, verifying. 国密签名。

The library of the program itself knows SM3 but not SM2, so the functions are called by ctypes.
Where the system has no libcrypto of version 3, `is_available` says so and nothing is signed by SM2.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

SIGNER = b"1234567812345678"
"""The identity that is hashed with the key where no other was agreed on (GM/T 0009). 默认用户标识。"""
POINT_BYTES = 65
HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""What stands before a point of the curve in a SubjectPublicKeyInfo. 公钥封装头。"""


class NoSm2(RuntimeError):
    """The system's libcrypto is missing, too old, or refused. 国密不可用。"""


@cache
def is_available() -> bool:
    """Whether this system can sign and verify by SM2. 是否可用。"""
    try:
        return verify(public_of(found := generate()), sign(found, b""), b"")
    except NoSm2:
        return False


def generate() -> bytes:
    """A new private key as DER. 生成密钥。"""
    lib = _library()
    with _held(lib.EVP_PKEY_Q_keygen(None, None, b"SM2"), lib.EVP_PKEY_free) as key:
        return _to_der(lib.i2d_PrivateKey, key)


def public_of(private: bytes) -> bytes:
    """The public point of a private key, uncompressed. 取公钥。"""
    with _private(private) as key:
        return _to_der(_library().i2d_PUBKEY, key)[-POINT_BYTES:]


def sign(private: bytes, message: bytes) -> bytes:
    """A signature as DER (r, s). 签名。"""
    lib = _library()
    with _private(private) as key, _signing(key) as context:
        _require(lib.EVP_DigestSignInit(context, None, lib.EVP_sm3(), None, key))
        room = ctypes.c_size_t(0)
        _require(lib.EVP_DigestSign(context, None, ctypes.byref(room), message, len(message)))
        out = ctypes.create_string_buffer(room.value)
        _require(lib.EVP_DigestSign(context, out, ctypes.byref(room), message, len(message)))
        return out.raw[: room.value]


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature is of the key of this point over the message. 验签。"""
    lib = _library()
    with _key(lib.d2i_PUBKEY, HEAD + public) as key, _signing(key) as context:
        _require(lib.EVP_DigestVerifyInit(context, None, lib.EVP_sm3(), None, key))
        told = lib.EVP_DigestVerify(context, signature, len(signature), message, len(message))
        lib.ERR_clear_error()
        return bool(told == 1)


@cache
def _library() -> Any:
    name = ctypes.util.find_library("crypto")
    try:
        lib = ctypes.CDLL(name or "libcrypto.so.3")
        for function in ("EVP_PKEY_Q_keygen", "EVP_PKEY_CTX_new", "EVP_MD_CTX_new", "EVP_sm3",
                         "d2i_AutoPrivateKey", "d2i_PUBKEY"):  # fmt: skip
            getattr(lib, function).restype = ctypes.c_void_p
    except (OSError, AttributeError) as error:
        raise NoSm2("no libcrypto of version 3") from error
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    lib.EVP_PKEY_Q_keygen.argtypes = [pointer, pointer, ctypes.c_char_p]
    lib.EVP_PKEY_CTX_new.argtypes = [pointer, pointer]
    lib.EVP_PKEY_CTX_set1_id.argtypes = [pointer, ctypes.c_char_p, ctypes.c_int]
    lib.EVP_MD_CTX_set_pkey_ctx.argtypes = [pointer, pointer]
    for function in ("EVP_PKEY_free", "EVP_PKEY_CTX_free", "EVP_MD_CTX_free"):
        getattr(lib, function).argtypes = [pointer]
    for function in ("EVP_DigestSignInit", "EVP_DigestVerifyInit"):
        getattr(lib, function).argtypes = [pointer] * 5
    lib.EVP_DigestSign.argtypes = [pointer, ctypes.c_char_p, pointer, ctypes.c_char_p, size]
    lib.EVP_DigestVerify.argtypes = [pointer, ctypes.c_char_p, size, ctypes.c_char_p, size]
    return lib


@contextmanager
def _held(thing: int | None, free: Any) -> Iterator[int]:
    if not thing:
        raise NoSm2("libcrypto refused")
    try:
        yield thing
    finally:
        free(thing)


@contextmanager
def _key(read: Any, der: bytes, *more: Any) -> Iterator[int]:
    start = ctypes.c_char_p(der)
    with _held(read(None, ctypes.byref(start), ctypes.c_long(len(der)), *more),
               _library().EVP_PKEY_free) as key:  # fmt: skip
        yield key


def _private(der: bytes) -> Any:
    return _key(_library().d2i_AutoPrivateKey, der)


@contextmanager
def _signing(key: int) -> Iterator[int]:
    lib = _library()
    with (
        _held(lib.EVP_PKEY_CTX_new(key, None), lib.EVP_PKEY_CTX_free) as wishes,
        _held(lib.EVP_MD_CTX_new(), lib.EVP_MD_CTX_free) as context,
    ):
        _require(lib.EVP_PKEY_CTX_set1_id(wishes, SIGNER, len(SIGNER)))
        lib.EVP_MD_CTX_set_pkey_ctx(context, wishes)
        yield context


def _to_der(write: Any, key: int) -> bytes:
    size = write(ctypes.c_void_p(key), None)
    if size <= 0:
        raise NoSm2("libcrypto refused")
    out = ctypes.create_string_buffer(size)
    write(ctypes.c_void_p(key), ctypes.byref(ctypes.cast(out, ctypes.c_char_p)))
    return out.raw


def _require(told: int) -> None:
    if told != 1:
        raise NoSm2("libcrypto refused")
