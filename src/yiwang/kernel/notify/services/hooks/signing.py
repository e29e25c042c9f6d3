"""Secrets of webhooks, and signatures as Standard Webhooks 1.0 defines them. 外发签名。"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from yiwang.kernel.base.errors import Unavailable
from yiwang.kernel.files import services as files
from yiwang.kernel.notify.models import Webhook

PREFIX = "whsec_"
PURPOSE = "notify.webhook.secret"
LENGTH = 32


def draw_secret() -> str:
    """A new secret, as the receiver writes it into its settings. 生成密钥。"""
    return PREFIX + base64.b64encode(os.urandom(LENGTH)).decode("ascii")


def seal(hook: Webhook, secret: str) -> None:
    """Put the secret on the row, under a key that goes when the webhook goes. 加密保存。"""
    if not hook.secret_key:
        hook.secret_key = files.create_key()
    hook.sealed = files.seal_secret(
        secret.encode("ascii"), resource_key=hook.secret_key, purpose=PURPOSE, whose=hook.id
    )


def sign(hook: Webhook, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`. 计算签名。"""
    secret = files.unseal_secret(
        bytes(hook.sealed), resource_key=hook.secret_key, purpose=PURPOSE, whose=hook.id
    )
    if secret is None:
        raise Unavailable(
            "notify.webhook.secret", "The secret cannot be read on this node; draw a new one"
        )
    key = base64.b64decode(secret.decode("ascii").removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")
