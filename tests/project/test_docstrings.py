"""The examples in the docstrings of the package run as they are written."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import poem_kg
from tests.project.tree import ROOT


def documented() -> list[doctest.DocTest]:
    """Return the docstrings of the package that hold examples."""
    names = [found.name for found in pkgutil.walk_packages(poem_kg.__path__, "poem_kg.")]
    modules = [import_module(name) for name in names if not name.endswith("__main__")]
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [test for module in (poem_kg, *modules) for test in finder.find(module)]
    return [test for test in found if test.examples]


@pytest.mark.parametrize("example", documented(), ids=lambda test: test.name)
def test_an_example_runs_as_it_is_written(
    example: doctest.DocTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    told: list[str] = []

    result = doctest.DocTestRunner().run(example, out=told.append)

    assert result.failed == 0, "".join(told)
