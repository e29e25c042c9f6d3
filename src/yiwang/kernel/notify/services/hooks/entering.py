"""Entering, changing and removing addresses outside. 外发地址登记。"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.files import services as files
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.notify.models import HookMessage, Webhook
from yiwang.kernel.notify.types import HOOK_KINDS, TEST_HOOK, WEBHOOKS

from .address import read_address
from .posting import Answer
from .sending import attempt
from .signing import draw_secret, seal
from .telling import describe_event, forget_ears

AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address is called, where it leads, and what it wants to hear. 登记内容。"""

    label: str
    address: str
    kinds: Collection[str]
    organization: str = ""


def add_webhook(actor: Actor, wanted: Wanted) -> tuple[Webhook, str]:
    """Enter an address; its secret is given once and never again. 登记外发地址。

    Holders of `notify.webhooks.manage`. InvalidInput names the field.
    """
    with acting(actor, "notify.webhook.add", on=Ref("notify.webhook", "")) as act:
        actor.require(WEBHOOKS)
        if Webhook.objects.count() >= AT_MOST:
            raise InvalidInput(
                "notify.webhook.many", "There are %(most)s addresses already", most=AT_MOST
            )
        hook = Webhook(made_by=actor.id, made_at=act.at)
        secret = draw_secret()
        seal(hook, secret)
        _put(act, hook, wanted)
    return hook, secret


def change_webhook(actor: Actor, hook_id: str, wanted: Wanted) -> Webhook:
    """Change what an address is called, where it leads or what it hears. 修改外发地址。"""
    with acting(actor, "notify.webhook.change", on=Ref("notify.webhook", hook_id)) as act:
        hook = get_webhook(actor, hook_id)
        if hook.address != wanted.address.strip():
            hook.failures, hook.rests_until, hook.failure = 0, None, ""
        _put(act, hook, wanted)
    return hook


def draw_anew(actor: Actor, hook_id: str) -> str:
    """A new secret, which is given once; from now on messages are signed with it. 更换密钥。"""
    with acting(actor, "notify.webhook.secret", on=Ref("notify.webhook", hook_id)) as act:
        hook = get_webhook(actor, hook_id)
        act.on = Ref("notify.webhook", hook.id, hook.label)
        secret = draw_secret()
        seal(hook, secret)
        hook.save(update_fields=["sealed", "secret_key"])
    return secret


def switch_webhook(actor: Actor, hook_id: str, *, on: bool) -> None:
    """Turn an address on or off; what waits for one that is off is not sent. 启用或停用。"""
    with acting(actor, "notify.webhook.switch", on=Ref("notify.webhook", hook_id)) as act:
        hook = get_webhook(actor, hook_id)
        act.on = Ref("notify.webhook", hook.id, hook.label)
        act.note(on=on)
        hook.is_on, hook.off_why = on, ""
        hook.failures, hook.rests_until = 0, None
        hook.save(update_fields=["is_on", "off_why", "failures", "rests_until"])
        forget_ears()


def remove_webhook(actor: Actor, hook_id: str) -> None:
    """Remove an address with its secret and what was sent to it. 删除外发地址。"""
    with acting(actor, "notify.webhook.remove", on=Ref("notify.webhook", hook_id)) as act:
        hook = get_webhook(actor, hook_id)
        act.on = Ref("notify.webhook", hook.id, hook.label)
        files.destroy_key(act, hook.secret_key)
        hook.delete()
        forget_ears()


def test_webhook(actor: Actor, hook_id: str) -> Answer:
    """Send a message that says only that messages arrive, at once. 测试外发。

    Also to one that rests. Unavailable says what stood in the way.
    """
    with acting(actor, "notify.webhook.test", on=Ref("notify.webhook", hook_id)) as act:
        hook = get_webhook(actor, hook_id)
        act.on = Ref("notify.webhook", hook.id, hook.label)
        message = HookMessage(webhook=hook, kind=TEST_HOOK, made_at=act.at)
        message.body = describe_event(message, "", {})
        # Whatever comes of it, a test is not tried again.
        message.failed_at, message.failure = act.at, "notify.webhook.once"
        message.save(force_insert=True)
    return attempt(message)


def get_webhook(actor: Actor, hook_id: str) -> Webhook:
    """One address; NotFound. 取外发地址。 Holders of `notify.webhooks.manage`."""
    actor.require(WEBHOOKS)
    found = Webhook.objects.filter(pk=hook_id).first()
    if found is None:
        raise NotFound("notify.webhook.unknown", "There is no such address")
    return found


def _put(act: Act, hook: Webhook, wanted: Wanted) -> None:
    """Check what is wanted, and keep it; of the address only the host goes on record."""
    label = " ".join(wanted.label.split())
    if not label or len(label) > 100:
        raise InvalidInput("notify.webhook.label", "Give it a name of at most 100 characters")
    address = wanted.address.strip()
    read_address(address)
    kinds = sorted(set(wanted.kinds))
    if not kinds or any(HOOK_KINDS.find(one) is None for one in kinds):
        raise InvalidInput("notify.webhook.kinds", "Choose what it is to hear of")
    if wanted.organization and not identity.get_organizations([wanted.organization]):
        raise InvalidInput("notify.webhook.organization", "There is no such organization")
    hook.label, hook.address, hook.kinds = label, address, kinds
    hook.organization = wanted.organization
    hook.save()
    act.on = Ref("notify.webhook", hook.id, hook.label)
    act.note(host=urlsplit(address).hostname, kinds=kinds, organization=hook.organization)
    forget_ears()
