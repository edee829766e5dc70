"""The notebooks run from top to bottom in a kernel of their own, and show what their text claims.

A cell of code names in its metadata, as `expected`, what its output must hold; there is no cell
without. They are kept without outputs, so that nothing in them can be out of date.
"""

from __future__ import annotations

import ast
import html
import json
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks.test_showing import elements
from tests.project.tree import ROOT

FOLDER = ROOT / "examples" / "notebooks"
NOTEBOOKS = ("author", "data_person", "researcher")


def read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))
    return document


@pytest.fixture
def jupyter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep what Jupyter writes away from the home of whoever runs the tests."""
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def test_every_notebook_is_run() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(NOTEBOOKS)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_is_kept_without_what_a_run_leaves_and_with_what_it_must_show(name: str) -> None:
    document = read(name)

    assert document["nbformat"] == 4
    assert "".join(document["cells"][0]["source"]).startswith("# For ")
    assert "Not for decisions about a person" in "".join(document["cells"][0]["source"])
    for cell in (c for c in document["cells"] if c["cell_type"] == "code"):
        assert cell["outputs"] == [] and cell["execution_count"] is None
        assert cell["metadata"]["expected"], "".join(cell["source"])
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    assert text == json.dumps(document, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    "name",
    # That of authors advises on every example twice, which takes as long as the other two.
    [pytest.param(name, marks=pytest.mark.slow if name == "author" else ()) for name in NOTEBOOKS],
)
def test_it_runs_and_shows_what_its_text_claims(name: str, jupyter: None, tmp_path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient

    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(FOLDER)}})

    client.execute()

    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        shown = "\n".join(told(output) for output in cell.outputs)
        missing = [text for text in cell.metadata.expected if text not in shown]
        assert missing == [], f"{cell.source}\n\nshows\n\n{shown}"
        for page in pages(cell.outputs):
            assert not {e.tag for e in elements(page)} & {"script", "iframe", "link"}
    left = [path.name for path in tmp_path.iterdir() if path.name.startswith("poem-kg-")]
    assert left == [], "it leaves files behind"


def pages(outputs: list[Any]) -> list[str]:
    """Return the HTML of ours among the outputs of a cell."""
    found = [output.get("data", {}).get("text/html", "") for output in outputs]
    return [page for page in found if 'class="poem-kg"' in page]


def told(output: Any) -> str:
    """Return what an output shows, as text; of HTML both as it is written and as it is read."""
    if output.output_type == "stream":
        return str(output.text)
    texts = [str(text) for text in output.data.values()]
    return "\n".join([*texts, *(html.unescape(text) for text in texts)])


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_its_links_lead_somewhere(name: str) -> None:
    import re

    text = "".join(line for cell in read(name)["cells"] for line in cell["source"])

    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (FOLDER / link).exists(), link


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_its_code_imports_nothing_private(name: str) -> None:
    for cell in (c for c in read(name)["cells"] if c["cell_type"] == "code"):
        tree = ast.parse("".join(cell["source"]))
        names = [n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)]
        assert not [n for n in names if n.startswith("_")]
