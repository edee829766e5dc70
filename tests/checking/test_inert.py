"""A shape that can never find anything is told with the name that is to blame."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from poem_kg.checking.inert import inert_shapes
from poem_kg.knowledge import Knowledge, load_knowledge
from poem_kg.resources import data_dir

STATEMENTS = "statements.ttl"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("sh:targetClass poemkg:", "sh:targetClass poemkg:No", "poemkg:No"),
        ("sh:minCount 1", "sh:minCuont 1", "sh:minCuont, which does not exist; did you mean"),
        ("sh:path poemkg:", "sh:path poemkg:no", "poemkg:no"),
        ("\tsh:targetSubjectsOf poemkg:cites ;\n", "", "has no target"),
        ("sh:severity sh:", "sh:deactivated true ; sh:severity sh:", "deactivated"),
    ],
)
def test_what_makes_a_shape_silent_is_found(
    tmp_path: Path, knowledge: Knowledge, old: str, new: str, named: str
) -> None:
    shapes = tmp_path / "shapes"
    shutil.copytree(data_dir("shapes"), shapes)
    text = (shapes / STATEMENTS).read_text(encoding="utf-8")
    at = text.index(old)
    (shapes / STATEMENTS).write_text(text.replace(old, new, 1), encoding="utf-8")

    (problem,) = inert_shapes(knowledge, shapes)

    block = text.rindex("\n\n", 0, at)
    assert problem.file == f"../shapes/{STATEMENTS}"
    lines = (text.count("\n", 0, block), text.count("\n", 0, text.index("\n\n", at)) + 2)
    assert problem.line is not None and lines[0] <= problem.line <= lines[1]
    assert named in problem.message


def test_every_shape_that_is_shipped_can_fire(knowledge: Knowledge) -> None:
    assert list(inert_shapes(knowledge)) == []
