"""The query files of `ask`, `check` and `report` with what their front matter promises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

QUERIES = Path(__file__).parents[2] / "queries"
XSD = "http://www.w3.org/2001/XMLSchema#"
DATATYPES = {name: f"{XSD}{name}" for name in ("integer", "decimal", "date")}
TYPES = {"iri", "string", *DATATYPES}


@dataclass(frozen=True)
class QueryFile:
    """One query file.

    Attributes:
        name: folder and file without the ending, such as "ask/harms".
        text: the whole file.
        lines: key and value of each line that begins with "#+ ", in their order; a key may repeat.
    """

    name: str
    text: str
    lines: tuple[tuple[str, str], ...]

    def one(self, key: str, default: str = "") -> str:
        """The value of a key that stands once."""
        values = self.all(key)
        assert len(values) <= 1, f"{self.name} has {len(values)} lines of {key}"
        return values[0] if values else default

    def all(self, key: str) -> list[str]:
        return [value for found, value in self.lines if found == key]

    @property
    def graph(self) -> str:
        """On which graph the query runs: knowledge, alignments or patient."""
        return self.one("graph", "knowledge")

    @property
    def params(self) -> Mapping[str, str]:
        """Name to type of each parameter."""
        return {name: kind for name, kind, _ in (p.split(" ", 2) for p in self.all("param"))}

    @property
    def calls(self) -> Mapping[str, Mapping[str, str]]:
        """Ending of the golden file to bindings: first without a parameter, then each example."""
        calls: dict[str, Mapping[str, str]] = {"": {}}
        for example in self.all("example"):
            name, _, value = example.partition("=")
            calls[f".{name}"] = {name: term(value, self.params[name])}
        return calls


def term(value: str, kind: str) -> str:
    """Return the value of a parameter as an N-Triples term."""
    if kind == "iri":
        return f"<{value}>"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' + (f"^^<{DATATYPES[kind]}>" if kind in DATATYPES else "")


def read(path: Path) -> QueryFile:
    text = path.read_text(encoding="utf-8")
    front = re.match(r"(?:#\+ .*\n)*", text)
    assert front is not None
    parts = [line.removeprefix("#+ ").partition(":") for line in front[0].splitlines()]
    return QueryFile(
        name=f"{path.parent.name}/{path.stem}",
        text=text,
        lines=tuple((key.strip(), value.strip()) for key, _, value in parts),
    )


def folder(name: str) -> list[QueryFile]:
    """The queries of one folder, by name."""
    return [read(path) for path in sorted((QUERIES / name).glob("*.rq"))]


ASK, CHECK, REPORT = folder("ask"), folder("check"), folder("report")
EVERY = [*ASK, *CHECK, *REPORT]
