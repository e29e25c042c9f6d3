"""Telling categories and grouping letters, against named floors in the same run. 文本判读基准。

`python -m tests.performance.bench_texts [--letters 100000]`. Letters are invented. Each figure is
processor seconds; the floor of telling is one look at each example, the floor of grouping one look
at each letter before, measured on the first letters and scaled to all.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from random import Random

MANY, GOAL = 100_000, 50
PLACES = [
    "东湖",
    "清河",
    "文昌",
    "西岭",
    "南浦",
    "北溪",
    "云岭",
    "滨河",
    "锦绣",
    "和平",
    "新华",
    "向阳",
]
THINGS = {
    "路灯": ["不亮", "昏暗", "损坏", "白天亮晚上灭"],
    "垃圾": ["没人清运", "成堆发臭", "乱倒", "桶太少"],
    "物业": ["涨停车费", "不修电梯", "不公布收支", "态度差"],
    "公交": ["班次太少", "不停站", "司机态度差", "希望改线"],
    "学区": ["怎么划分", "学位不够", "跨区就读", "幼儿园报名难"],
    "社保": ["怎么转移", "少算工龄", "卡密码忘了", "灵活就业参保"],
    "工地": ["夜间施工", "扬尘", "噪音扰民", "堵了消防通道"],
    "商家": ["卖过期食品", "预付卡不退", "缺斤少两", "假货"],
}
SIGNS = (
    "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏"
)


def invent(count: int) -> list[tuple[str, tuple[str, str]]]:
    """Letters with their category; one in twelve is sent again in slightly other words."""
    dice = Random("letters")
    found: list[tuple[str, tuple[str, str]]] = []
    while len(found) < count:
        if found and dice.random() < 1 / 12:
            category, (title, body) = dice.choice(found[-2000:])
            found.append((category, (title + "！", "请尽快处理。" + body)))
            continue
        thing = dice.choice(list(THINGS))
        what = dice.choice(THINGS[thing])
        place = "".join(dice.choices(SIGNS, k=2)) + dice.choice(PLACES)
        where = "".join(dice.choices(SIGNS, k=3))
        body = f"{place}{where}巷附近{thing}{what}，已经{dice.randrange(2, 60)}天，"
        body += f"{''.join(dice.choices(SIGNS, k=6))}居民多次反映没有结果，请求处理。"
        found.append((f"{thing}/{what}", (f"{place}路{thing}{what}", body)))
    return found


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of some work. 处理器秒。"""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def main() -> int:
    """Measure and say. 测量。"""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--letters", type=int, default=100_000)
    count = arguments.parse_args().letters
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from yiwang.kernel.texts.services.grams import count_grams, likeness, rarity, weigh
    from yiwang.kernel.texts.services.grouping import Groups, trace_of
    from yiwang.kernel.texts.services.nearest import Example, learn

    letters = invent(count)
    model = learn([Example(told, category) for category, told in letters[:5000]])
    asked = [told for _, told in letters[-200:]]
    model.suggest(asked[0])
    telling = spent(lambda: [model.suggest(one) for one in asked]) / len(asked)
    weighed = [weigh(count_grams(one), model.rare) for one in asked[:10]]
    scan = spent(
        lambda: [likeness(one, vector) for one in weighed for vector in model.vectors]
    ) / len(weighed)

    rare = rarity([count_grams(told) for _, told in letters[:20_000]])
    groups = Groups(rare)
    grouping = spent(lambda: [groups.add(str(at), told) for at, (_, told) in enumerate(letters)])
    few = [trace_of(told, rare).vector for _, told in letters[:600]]
    pair = spent(lambda: [likeness(one, other) for one in few for other in few]) / len(few) ** 2
    floor = pair * count * (count - 1) / 2
    told = {
        "letters": count,
        "classified per second, 5,000 examples": round(1 / telling),
        "times faster than looking at each example": round(scan / telling, 1),
        "grouped per second": round(count / grouping),
        "groups": len(set(groups.group.values())),
        "times faster than looking at each letter before": round(floor / grouping),
    }
    print(json.dumps(told, ensure_ascii=False, indent=1))
    # The floor grows with the square: the goal is one for many letters.
    slow = count >= MANY and told["times faster than looking at each letter before"] < GOAL
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
