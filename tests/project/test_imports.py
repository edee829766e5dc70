"""Imports run one way, and a heavy package has one door that opens only when it is used."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "poem_kg"

LAYERS = (
    "errors limits namespaces processes",
    "index model resources review serialise turtle turtle_places",
    "catalogue guard jsonld jvm knowledge literals nesting prechecks reading turtle_comments",
    "derivation findings guest owl provenance replay screening screens shacl_engines "
    "compact_jsonld jsonld_names statements untrusted_query validation",
    "advice answering asking authoring changes checking classifying cohort documents "
    "evaluation explain export formatting intake knowledge_base notebook query_data "
    "query_result render sheets tracing whatif",
    "service",
    "cli handbook server",
    "__main__",
)
"""From the bottom up. A module imports from its own layer, without a cycle, and from below."""

LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names.split()}

DOORS = {
    "Crypto": {"export"},  # comes with nanopub, which signs with it
    "altair": {"cohort"},
    "griffe": {"handbook"},
    "jinja2": {"notebook", "service"},
    "jpype": {"owl"},
    "mkdocs": {"handbook"},
    "nanopub": {"export"},
    "openpyxl": {"sheets"},
    "pandas": {"query_result"},
    "owlready2": set[str](),  # only its jars are used; jvm finds them without importing it
    "prometheus_client": {"server"},
    "pyarrow": {"cohort"},
    "pyspark": {"cohort"},
    "pyshacl": {"shacl_engines"},
    "python_multipart": {"service"},
    # its query parser; the graphs that pySHACL and nanopub work on
    "rdflib": {"export", "shacl_engines", "untrusted_query"},
    "rich": {"cohort", "render"},  # the progress bar of a cohort
    "shacl": {"shacl_engines"},
    "starlette": {"server"},
    "typer": {"cli", "handbook"},  # the reference of the commands is read from it
    "uvicorn": {"server"},
    "vl_convert": {"cohort"},  # altair draws with it
    "zstandard": {"cohort"},
}
"""Heavy package to the modules that may import it."""

TOP_LEVEL_DOORS = {
    ("cli", "typer"),
    ("handbook", "griffe"),
    ("server", "starlette"),
    ("server", "uvicorn"),
}
"""The command line needs its package before it knows what it is asked for; and nothing imports the
server but the command that starts it, and what extends griffe but mkdocs."""


class Import(NamedTuple):
    """One import: the module that has it, what it names, and whether it runs on import."""

    module: str
    target: str
    at_top: bool


def imports_of(path: Path) -> Iterator[Import]:
    """Yield every import of a file, those inside functions and by name too."""
    module = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lazy = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        or (isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING")
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        targets: list[str] = []
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import; name the package"
            if node.module == "poem_kg":
                targets = [f"poem_kg.{alias.name}" for alias in node.names]
            else:
                targets = [str(node.module)]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            assert node.args, f"{path.name} calls import_module without a name"
            name = ast.literal_eval(node.args[0])
            targets = [name]
        for target in targets:
            yield Import(module, target, id(node) not in lazy)


MODULES = sorted(PACKAGE.rglob("*.py"))
IMPORTS = [found for path in MODULES if path.name != "__init__.py" for found in imports_of(path)]
INTERNAL = sorted(
    {
        (i.module, i.target.removeprefix("poem_kg."))
        for i in IMPORTS
        if i.target.startswith("poem_kg.") and not i.target.split(".")[1].startswith("__")
    }
)
"""Pairs of modules by dotted name; a module of a folder is named with its folder."""


def _top(name: str) -> str:
    """The module, or the folder, right below the package."""
    return name.split(".")[0]


def test_every_module_has_a_layer() -> None:
    names = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES}

    assert names - {"__init__"} <= set(LEVEL), "give the new module a layer in LAYERS above"


def test_imports_run_down() -> None:
    assert len(INTERNAL) > 20

    upwards = [pair for pair in INTERNAL if LEVEL[_top(pair[1])] > LEVEL[_top(pair[0])]]

    assert upwards == []


def test_there_is_no_cycle_of_imports() -> None:
    left = set(INTERNAL)
    while free := {target for _, target in left} ^ {module for module, _ in left}:
        left = {pair for pair in left if free.isdisjoint(pair)}

    assert left == set(), "these modules import each other in a circle"


@pytest.mark.parametrize("package", DOORS)
def test_a_heavy_package_is_imported_by_its_door_only(package: str) -> None:
    found = {_top(i.module) for i in IMPORTS if i.target.split(".")[0] == package}

    assert found == DOORS[package]


def test_spark_is_imported_by_the_spark_runner_only() -> None:
    found = {i.module for i in IMPORTS if i.target.split(".")[0] in {"py4j", "pyspark"}}

    assert found == {"cohort.spark", "cohort.spark_session"}


def test_doors_open_only_when_used() -> None:
    early = {
        (_top(i.module), i.target.split(".")[0])
        for i in IMPORTS
        if i.at_top and i.target.split(".")[0] in DOORS
    }

    assert early <= TOP_LEVEL_DOORS, "import it in the function that uses it"


@pytest.mark.parametrize("statement", ["import poem_kg", "from poem_kg import KnowledgeBase"])
def test_importing_the_package_loads_nothing_heavy(statement: str) -> None:
    program = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PACKAGE.parent, capture_output=True, check=True
    )

    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert "poem_kg" in loaded
    assert loaded & set(DOORS) == set()


def test_importing_the_package_loads_no_other_module_of_it() -> None:
    program = "import poem_kg, json, sys; print(json.dumps(sorted(sys.modules)))"

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PACKAGE.parent, capture_output=True, check=True
    )

    assert [name for name in json.loads(done.stdout) if name.startswith("poem_kg")] == ["poem_kg"]
