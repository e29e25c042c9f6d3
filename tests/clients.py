"""A browser that is whoever a test says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client

from yiwang.kernel.base.act import ANONYMOUS, Actor
from yiwang.kernel.ui.frame import FRAME

IDENTITY = "yiwang.kernel.identity.middleware.ActorMiddleware"


class GivenActor:
    """Takes the actor that the test's client names instead of asking identity."""

    def __init__(self, handler: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = request.META.get("test.actor", ANONYMOUS)
        return self.handler(request)


@pytest.fixture
def client_of(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], Client]:
    """Give a client whose requests come from an actor, who needs no account."""
    settings.MIDDLEWARE = [
        "tests.clients.GivenActor" if name == IDENTITY else name for name in settings.MIDDLEWARE
    ]
    monkeypatch.setattr(FRAME, "account_label", None)
    monkeypatch.setattr(FRAME, "count_notices", None)
    return lambda actor: Client(**{"test.actor": actor})
