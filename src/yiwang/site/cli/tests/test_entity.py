"""Entities on the command line: exit codes and documents."""

# ruff: noqa: F401, F811 - fixtures of the share net, taken by name

from yiwang.nets.share.entities.tests.conftest import kept, publish
from yiwang.nets.share.entities.tests.test_pages import shop
from yiwang.nets.share.tests.conftest import city, engineer, person
from yiwang.site.cli import entity as cli

from .test_quality import run


def test_a_snapshot_is_made_listed_and_explained_on_the_command_line(run, shop):
    code, made = run(cli.snapshot, "demo.shop")
    again, same = run(cli.snapshot, "demo.shop")
    _, listed = run(cli.list_all)
    _, shown = run(cli.show, "demo.shop")

    assert (code, made["state"], made["version"]) == (0, "done", 1)
    assert (again, same["state"], same["version"]) == (0, "nothing", None)
    assert [(one["entity"], one["rows"]) for one in listed["entities"]] == [("demo.shop", 1)]
    assert {"field": "phone", "item": "联系电话"} in shown["columns"]
    assert run(cli.show, "demo.none")[0] == 3
