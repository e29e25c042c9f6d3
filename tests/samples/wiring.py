"""A subscriber that is slow enough to be killed in the middle."""

import os
import time

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.events.services import Event, subscribe
from yiwang.kernel.ledger.services import acting


@subscribe("samples.*", name="samples.ear")
def hear(event: Event) -> None:
    with open(event.payload["path"], "a", encoding="utf-8") as out:
        out.write(f"{os.getpid()}\n")
    with acting(SYSTEM, "samples.heard", on=Ref("events.event", event.id)):
        time.sleep(event.payload["seconds"])
