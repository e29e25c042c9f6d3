"""Verify deliveries from standard input with the reference library; print what it makes of each."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

told = json.load(sys.stdin)
found = []
for one in told["deliveries"]:
    try:
        event = Webhook(told["secret"]).verify(one["body"], one["headers"])
        found.append({"verified": True, "event": event})
    except WebhookVerificationError as error:
        found.append({"verified": False, "why": str(error)})
json.dump(found, sys.stdout)
