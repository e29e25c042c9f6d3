"""Documents are whole: links lead somewhere, the two READMEs agree, fragments are merged."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"```.*?```", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_project_leads_to_a_file(page):
    text = FENCED.sub("", page.read_text("utf-8"))
    targets = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link]

    missing = [target for target in targets if target and not (page.parent / target).exists()]

    assert missing == []


def test_both_readmes_give_the_same_commands_pictures_and_links():
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))

    def essence(text):
        links = [link for link in LINK.findall(text) if not link.startswith("README")]
        return FENCED.findall(text), re.findall(r"`(make[^`]*|yiwang[^`]*)`", text), sorted(links)

    assert essence(english) == essence(chinese)


def test_merged_documents_are_up_to_date():
    spec = importlib.util.spec_from_file_location("merge", ROOT / "docs" / "merge.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    stale = [
        file.name
        for file, text in module.merge().items()
        if not file.exists() or file.read_text("utf-8") != text
    ]

    assert stale == [], "run: make docs"


def test_decisions_say_context_decision_consequences_and_what_was_rejected():
    for file in (ROOT / "docs" / "decisions").glob("[0-9]*.md"):
        text = file.read_text("utf-8").lower()
        missing = [w for w in ("context", "decision", "consequences", "rejected") if w not in text]
        assert not missing, f"{file.name}: {missing}"


def test_publiccode_names_license_and_both_languages():
    found = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))

    assert found["publiccodeYmlVersion"] == "0.5.0"
    assert found["legal"]["license"] == "Apache-2.0"
    assert (
        set(found["description"])
        == {"en", "zh"}
        == set(found["localisation"]["availableLanguages"])
    )
    for words in found["description"].values():
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert words["features"]


def test_publiccode_and_package_have_one_version():
    from yiwang import __version__

    found = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))

    assert found["softwareVersion"] == __version__


def test_every_target_of_the_makefile_explains_itself():
    text = (ROOT / "Makefile").read_text("utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split())
    explained = set(re.findall(r"^([a-z]+):.*## \S", text, re.MULTILINE))

    assert phony == explained


def test_every_command_is_in_the_reference():
    from yiwang.site.cli import load_commands
    from yiwang.site.cli.frame import root

    load_commands()
    text = (ROOT / "docs" / "reference" / "command-line.md").read_text("utf-8")

    missing = [
        name
        for name, command in root.commands.items()
        if not command.hidden and f"yiwang {name}" not in text
    ]
    assert missing == []


def test_every_error_code_of_the_command_line_is_explained():
    text = (ROOT / "docs" / "howto" / "trouble.md").read_text("utf-8")
    codes = set()
    for file in (ROOT / "src" / "yiwang" / "site").glob("**/*.py"):
        if "tests" not in file.parts:
            codes |= set(
                re.findall(r'"((?:node|cli)\.[a-z_]+(?:\.[a-z_]+)?)"', file.read_text("utf-8"))
            )

    files = {"node.json", "node.sealed"}
    assert sorted(code for code in codes - files if f"`{code}`" not in text) == []


def test_the_python_that_runs_this_is_new_enough():
    assert sys.version_info >= (3, 11)
