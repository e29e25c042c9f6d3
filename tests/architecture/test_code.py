"""Code stays small enough to be read, and every model has its Chinese term."""

import ast
import re
import statistics
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "yiwang"
FILES = [
    file for file in SOURCE.glob("**/*.py")
    if not {"tests", "migrations", "vendor"} & set(file.relative_to(SOURCE).parts)
]  # fmt: skip
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def functions():
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{file.relative_to(ROOT)}:{node.lineno} {node.name}", body_length(node)


def body_length(node):
    """Lines of the body; signature, decorators and docstring are no logic."""
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return node.end_lineno - body[0].lineno + 1 if body else 0


def test_no_file_is_longer_than_four_hundred_lines():
    long = {
        str(file.relative_to(ROOT)): count
        for file in FILES
        if (count := len(file.read_text("utf-8").splitlines())) > LONGEST_FILE
    }

    assert long == {}


def test_no_function_is_longer_than_forty_lines_and_the_middle_one_is_short():
    lengths = dict(functions())
    print(f"functions: {len(lengths)}, median {statistics.median(lengths.values())} lines")

    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert statistics.median(lengths.values()) < 10


def test_every_module_says_what_it_is():
    silent = [
        str(file.relative_to(ROOT))
        for file in FILES
        if file.name not in ("__init__.py", "apps.py", "__main__.py")
        and not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    ]

    assert silent == []


OWN_MODELS = [model for model in apps.get_models() if model.__module__.startswith("yiwang.")]


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_every_model_has_its_chinese_term(model):
    assert CHINESE.search(model.__doc__ or "")


def test_the_glossary_holds_the_chinese_term_of_every_model():
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")

    missing = {
        model._meta.label: term
        for model in OWN_MODELS
        if (term := chinese_term(model.__doc__)) and term not in glossary
    }

    assert missing == {}


def chinese_term(text):
    """The Chinese term that ends a docstring's first line, before its full stop."""
    found = re.search(r"([\u4e00-\u9fff][^。.]*)。", (text or "").strip().splitlines()[0])
    return found[1] if found else ""
