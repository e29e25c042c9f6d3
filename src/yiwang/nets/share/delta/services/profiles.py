"""The one file that a program needs to read a share. 共享配置文件。"""

from __future__ import annotations

import json

from yiwang.kernel.base.act import Actor
from yiwang.kernel.identity import services as identity
from yiwang.nets.share.exchange import services as exchange

WAYS = ("oauth", "bearer")
"""A secret that gives tokens of an hour, or one token for all. 凭证方式。"""


def make_profile(actor: Actor, grant_id: str, *, endpoint: str, way: str = "oauth") -> str:
    """A profile of Delta Sharing with a new token of the actor in it; shown this once. 生成配置文件。

    `oauth` where the program knows client credentials (version 2), else `bearer` (version 1).
    """
    grant, _terms = exchange.find_standing(actor, grant_id)
    token, secret = identity.issue_token(actor, name=f"Delta Sharing {grant.request.number}")
    if way == "bearer":
        said = {
            "shareCredentialsVersion": 1,
            "endpoint": endpoint,
            "bearerToken": secret,
            "expirationTime": token.expires_at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }
    else:
        said = {
            "shareCredentialsVersion": 2,
            "type": "oauth_client_credentials",
            "endpoint": endpoint,
            "tokenEndpoint": f"{endpoint}/oauth/token",
            "clientId": token.id,
            "clientSecret": secret,
        }
    return json.dumps(said, indent=2)
