"""A source that does not exist, and a statement of it, for tests."""

from __future__ import annotations

import shutil
from pathlib import Path

from poem_kg.authoring.drafting import Draft
from poem_kg.authoring.sources import SourceDraft

ROOT = Path(__file__).resolve().parents[2]

SOURCE = SourceDraft(
    name="invented2031",
    kind="expert-review",
    label="an invented review, 2031",
    definition="A review that does not exist.",
    title="An invented review",
    note="Invented; nothing was read.",
)
SAID = {
    "label": ("pneumatic dilation an option in hypercontractile oesophagus (invented)",),
    "definition": ("The invented review names pneumatic dilation as an option.",),
    "locator": ("section 2, paragraph 3",),
    "therapy": ("pneumatic dilation",),
    "disorder": ("HypercontractileOesophagus",),
    "direction": ("for",),
    "standing": ("option",),
}
STATEMENT = Draft(kind="recommendation", source="invented2031", name="R1", said=SAID)
IRI = "https://w3id.org/poem-kg/statement/invented2031-R1"


def copied(folder: Path) -> Path:
    """Return a copy of the ontology below a folder."""
    return Path(shutil.copytree(ROOT / "ontology", folder / "ontology"))


def held(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
