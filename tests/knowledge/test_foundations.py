"""What statements and criteria rest on is what was approved in `foundations.tsv`.

It is written anew with POEM_KG_UPDATE_APPROVED=1; the difference is to be read against the sources.
"""

from __future__ import annotations

import os
from pathlib import Path

from poem_kg.knowledge import load_knowledge
from tests.knowledge.foundations import foundations

APPROVED = Path(__file__).parent / "foundations.tsv"


def test_what_each_statement_and_criterion_rests_on_is_as_approved() -> None:
    found = "".join(f"{line}\n" for line in foundations(load_knowledge().ontology))
    if os.environ.get("POEM_KG_UPDATE_APPROVED") == "1":
        APPROVED.write_text(found, encoding="utf-8")
    assert found == APPROVED.read_text(encoding="utf-8")
