"""No score: nothing in the project adds, averages or weighs ratings (domain 1.3)."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.db import models

from tests.rules.test_architecture import CODE, ROOT, ids
from vaf import profile
from vaf.models import Assessment, Judgement, Rating

ADDING = {
    "sum", "fsum", "mean", "fmean", "median", "mode", "Sum", "Avg", "StdDev", "Variance",
    "Max", "Min", "statistics", "total", "score", "average", "weight",
}  # fmt: skip
SOURCES = [path for path in CODE if path.relative_to(ROOT).parts[0] == "vaf"]
TOUCHING = [
    path
    for path in CODE
    if re.search(r"\b(Rating|Judgement|vaf\.profile|vaf\.reading)\b", path.read_text())
]


def names(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.arg):
            yield node.arg if isinstance(node, ast.arg) else node.name


def test_the_sources_are_found():
    assert {path.name for path in SOURCES} >= {"profile.py", "reading.py", "assessments.py"}
    assert set(TOUCHING) & set(SOURCES)


@pytest.mark.parametrize("path", SOURCES, ids=ids(SOURCES))
def test_no_source_of_the_app_adds_anything_up(path):
    assert not ADDING & set(names(ast.parse(path.read_text()))), path


@pytest.mark.parametrize("path", TOUCHING, ids=ids(TOUCHING))
def test_nobody_else_aggregates_ratings(path):
    for node in ast.walk(ast.parse(path.read_text())):
        asks = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in (
            "aggregate",
            "annotate",
        )
        if asks and "ating" in ast.unparse(node):
            assert not ADDING & set(names(node)), f"{path} line {node.lineno}"


def test_a_rating_is_a_word_and_holds_no_number():
    for model in (Assessment, Rating, Judgement):
        numbers = {
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.IntegerField | models.FloatField | models.DecimalField)
            and not field.primary_key
        }
        assert numbers <= {"version"}, model


def test_the_profile_takes_one_dimension_at_a_time():
    for _, function in inspect.getmembers(profile, inspect.isfunction):
        assert not {"dimensions", "assessment", "framework"} & set(
            inspect.signature(function).parameters
        )
    assert profile.__name__ == "vaf.profile"
    imported = [
        n for n in ast.walk(ast.parse(inspect.getsource(profile))) if isinstance(n, ast.ImportFrom)
    ]
    assert {node.module for node in imported} == {"collections.abc", "dataclasses"}


def test_templates_add_nothing_either():
    for path in Path(ROOT, "templates", "vaf").glob("*.html"):
        assert "|add" not in path.read_text(), path
