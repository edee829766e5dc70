"""What docs/scale.md and `virtuoso_deviations.toml` say, for the tests that hold them to it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.engines.compare import Row
from tests.queries.graphs import ROOT

PAGE: Final = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
SECTION: Final = PAGE.partition("\n## The published graph in a triple store\n")[2].split("\n## ")[0]
FOLDER: Final = "/srv/poem-kg"
"""Where the page keeps the files."""
LISTED: Final[Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("virtuoso_deviations.toml").read_text(encoding="utf-8")
)


def block(language: str) -> str:
    """The only code block of the section in this language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
    return str(found)


def standard(rows: list[Row]) -> list[Row]:
    """Rows with each spelling that is listed replaced by the standard one."""
    spellings = {s["virtuoso"]: s["standard"] for s in LISTED["spelling"]}
    return [tuple(spellings.get(term or "", term) for term in row) for row in rows]


def kept(term: str) -> str:
    """A term as it is after loading."""
    for spelling in LISTED["spelling"]:
        if term == spelling["standard"]:
            return str(spelling["virtuoso"])
    for rule in LISTED["loading"]:
        term = re.sub(f"^{rule['match']}$", rule["becomes"], term)
    return term
