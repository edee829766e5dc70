"""What Virtuoso does otherwise than the standards say, each in the smallest query that shows it.

The server of this module holds nothing else: what Virtuoso gets wrong depends on how much of what
is in the store.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest

from poem_kg.errors import ToolMissing
from poem_kg.namespaces import XSD
from tests.engines.compare import Row
from tests.engines.oxigraph import Oxigraph
from tests.engines.virtuoso import HTTP_PORT, PACKAGE, SQL_PORT, Virtuoso
from tests.engines.virtuoso_listed import FOLDER, LISTED, SECTION, block

PREFIXES: Final = f"PREFIX : <urn:>\nPREFIX xsd: <{XSD}>\n"
GRAPHS: Final = {name: f"urn:graph:{name}" for name in LISTED["data"]}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    folder = tmp_path_factory.mktemp("virtuoso-small")
    script = ""
    for name, graph in GRAPHS.items():
        (folder / f"{name}.nt").write_text(small_data(name), encoding="utf-8")
        script += f"ld_dir('{folder}', '{name}.nt', '{graph}');\n"
    with Virtuoso(folder, block("ini").replace(FOLDER, str(folder))) as store:
        store.sql(script + "rdf_loader_run();\n")
        yield store


def small_data(name: str) -> str:
    text = PREFIXES + LISTED["data"][name]
    triples = (quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()


def short(rows: list[Row]) -> list[str]:
    """Rows as the list of deviations writes them."""
    lines = [" ".join("-" if term is None else term for term in row) for row in rows]
    lines = [re.sub(rf"<{XSD}(\w+)>", r"xsd:\1", line) for line in lines]
    return [re.sub(r"<urn:(\w+)>", r":\1", line) for line in lines]


@pytest.mark.parametrize("listed", LISTED["deviation"], ids=lambda listed: listed["name"])
def test_a_listed_deviation_happens(small: Virtuoso, listed: Mapping[str, Any]) -> None:
    everything = listed.get("graph") == "all"
    engine = Oxigraph()
    engine.load(small_data("one") + (small_data("two") if everything else ""))
    query = PREFIXES + listed["query"]

    try:
        found: list[str] | str = short(
            small.select(query, graphs=() if everything else (GRAPHS["one"],))
        )
    except RuntimeError as error:
        found = listed["virtuoso"] if listed["virtuoso"] in str(error) else str(error)

    assert short(engine.select(query)) == listed["standard"]
    assert found == listed["virtuoso"] != listed["standard"]


def test_the_page_tells_every_deviation() -> None:
    rows = re.findall(
        r"^\| (.*?) \| (.*?) \|$", SECTION.partition("| departure |")[2], re.MULTILINE
    )

    told = {(name, reason) for name, reason in rows if not name.startswith("-")}

    assert told >= {(d["name"], d["reason"]) for d in LISTED["deviation"]}
    assert {s["name"] for kind in ("spelling", "loading") for s in LISTED[kind]} <= dict(
        told
    ).keys()


def test_a_missing_virtuoso_fails_with_the_package_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ToolMissing, match=f"apt-get install {PACKAGE}"):
        Virtuoso(tmp_path, f"{SQL_PORT} {HTTP_PORT}")


def test_a_server_that_cannot_start_says_why_and_is_gone(tmp_path: Path) -> None:
    server = Virtuoso(tmp_path, block("ini").replace("virtuoso.db", "no-such-folder/virtuoso.db"))

    with pytest.raises(RuntimeError, match="did not start"):
        server.__enter__()

    assert server.process.poll() is not None


def test_a_server_does_not_outlive_its_pipe(tmp_path: Path) -> None:
    with Virtuoso(tmp_path, block("ini")) as server:
        assert server.process.stdin is not None
        server.process.stdin.close()

        assert server.process.wait(timeout=20) == -9
