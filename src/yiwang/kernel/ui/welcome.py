"""First steps for a newcomer, declared by the modules they lead to. 新手引导。"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.registry import Registry


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to try first: what, why, where. 引导步骤。 Texts are message ids."""

    title: str
    text: str
    route: str
    permission: str = ""
    order: int = 100


FIRST_STEPS: Registry[FirstStep] = Registry("first step")


def add_first_step(
    route: str, title: str, text: str, *, permission: str = "", order: int = 100
) -> None:
    """Show a step on the home page of those who hold the permission. 添加引导步骤。"""
    FIRST_STEPS.register(route, FirstStep(title, text, route, permission, order))


def list_first_steps(actor: Actor) -> list[FirstStep]:
    """The steps that this actor can take, in order. 引导步骤清单。"""
    steps = FIRST_STEPS.values()
    open_to = [step for step in steps if not step.permission or actor.may(step.permission)]
    return sorted(open_to, key=lambda step: step.order)
