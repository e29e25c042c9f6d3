"""The town of requests and grants."""

from yiwang.nets.share.exchange.tests.conftest import town  # noqa: F401
