"""Training on letters that were labelled elsewhere. 外部标注训练。"""

from __future__ import annotations

import csv
import json

import pytest
from click.testing import CliRunner

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.texts import services as texts
from yiwang.kernel.texts.models import TextModel
from yiwang.site.cli import texts as cli

LIGHT, CARE = "城乡建设/市政管理/路灯照明", "社会保障/养老保险/关系转移"


@pytest.fixture
def run(db, monkeypatch):
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")
    engineer = identity.installer_actor()
    apps.install_app(engineer, apps.read_shipped("hotline"), untested=True)
    desk = records.at_desk(engineer)
    for category in (LIGHT, CARE):
        levels = dict(zip(("first", "second", "third"), category.split("/"), strict=True))
        records.create_record(desk, "hotline.category", levels)
    monkeypatch.setattr("yiwang.site.cli.account.find_actor", lambda home, account: engineer)

    def invoke(file):
        told = ["hotline.letter", "--from", str(file), "--json"]
        return CliRunner().invoke(cli.train, told, standalone_mode=False)

    return invoke


def write(path, heading, rows):
    with path.open("w", newline="", encoding="gb18030") as file:
        csv.writer(file).writerows([heading, *rows])
    return path


def letters(category, count, word):
    return [(f"{word}{number}", f"{word}的事情请处理", category) for number in range(count)]


def test_a_model_is_trained_from_a_sheet_and_no_record_is_made_of_it(run, tmp_path):
    rows = [
        *letters(LIGHT, 12, "路灯不亮"),
        *letters(CARE, 12, "养老保险转移"),
        ("未标注", "x", ""),
    ]
    sheet = write(tmp_path / "labels.csv", ("留言主题", "留言详情", "类别"), rows)

    told = json.loads(run(sheet).output)

    assert (told["examples"], told["categories"]) == (24, 2)
    assert texts.suggest_category("hotline.letter", {"title": "路灯不亮了"}).chosen == LIGHT
    assert not list(records.stream_all("hotline.letter"))


@pytest.mark.parametrize(
    ("heading", "category", "code"),
    [
        (("留言主题", "留言详情", "分类"), LIGHT, "texts.examples.column"),
        (("留言主题", "留言详情", "类别"), "城乡建设/不存在", "texts.examples.category"),
    ],
)
def test_a_sheet_that_does_not_fit_trains_nothing(run, tmp_path, heading, category, code):
    rows = [*letters(LIGHT, 20, "路灯不亮"), *letters(category, 1, "其他")]

    answer = run(write(tmp_path / "labels.csv", heading, rows))

    assert answer.return_value == InvalidInput.exit_code
    assert code in answer.output
    assert not TextModel.objects.exists()
