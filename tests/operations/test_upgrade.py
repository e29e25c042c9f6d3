"""Nodes of earlier versions, stored when these were released, restored and upgraded by this one."""

import gzip
import json
import shutil
from pathlib import Path

import pytest

from .conftest import Node

pytestmark = pytest.mark.deep

STORED = sorted((Path(__file__).resolve().parents[1] / "data").glob("node-*.tar.gz"))


def restore(archive, folder, *arguments):
    """The stored node, restored and upgraded; and what is known of it."""
    plain = folder / "node.tar"
    with gzip.open(archive) as source, plain.open("wb") as out:
        shutil.copyfileobj(source, out)
    node = Node(folder / "restored")
    node.run("restore", plain, "--home", node.home, *arguments)
    assert node.ask("upgrade")["well"]
    facts = archive.with_name(archive.name.removesuffix(".tar.gz") + ".json")
    return node, json.loads(facts.read_text("utf-8"))


def read_pages(node, known):
    """The pages that a data engineer sees of each comparison."""
    person = next(one for one in known["sign_ins"] if one["role"] == "engineer")
    with node.running() as running:
        running.first_page()
        read = running.sign_in(person)
        return {one: read(f"/compare/{one}/") for one in known["comparisons"]}


@pytest.mark.parametrize("archive", STORED, ids=lambda file: file.name)
def test_an_earlier_node_is_upgraded_and_shows_the_same_page(archive, tmp_path):
    node, known = restore(archive, tmp_path)

    assert node.ask("doctor", "--deep")["well"]
    for resource, rows in known["resources"].items():
        assert node.ask("resource", "show", resource)["versions"][0]["rows"] == rows
    for one, page in read_pages(node, known).items():
        words = page.split()
        for name, value in known["comparisons"][one].items():
            assert f"{value:,}" in words, f"{name} {value} is not on the page of {one}"


@pytest.mark.postgres
def test_a_node_moved_to_postgresql_shows_the_same_pages(tmp_path, empty_database):
    node, known = restore(STORED[-1], tmp_path)
    before = read_pages(node, known)

    node.run("move", "--to", empty_database)

    assert node.ask("doctor", "--deep")["well"]
    assert read_pages(node, known) == before


def test_there_is_a_stored_node():
    assert STORED
