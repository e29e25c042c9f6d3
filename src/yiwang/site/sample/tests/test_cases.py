"""What the sample city has in hand."""

import pytest

from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow import services as workflow
from yiwang.site.sample.cases import load_sample_cases
from yiwang.site.sample.loading import load_sample_city

pytestmark = pytest.mark.django_db


def todo(name):
    actor = identity.get_actor(identity.find_account(name).id)
    return [one.title for one in workflow.list_box(actor, "todo").lines]


def test_a_steward_finds_two_tasks_and_the_director_an_instruction_under_way():
    load_sample_city()

    load_sample_cases()

    assert sorted(todo("wang.minzheng")) == ["低收入家庭登记核查", "陈知远请假 5 天"]
    assert todo("li.shichang") == []
    director = identity.get_actor(identity.find_account("sun.juzhang").id)
    (instruction,) = workflow.list_box(director, "started").lines
    assert (instruction.status, workflow.describe_case(director, instruction.id).state.node) == (
        "running", "parts",
    )  # fmt: skip


def test_loading_again_changes_nothing():
    load_sample_city()
    load_sample_cases()

    load_sample_cases()

    assert len(todo("wang.minzheng")) == 2
