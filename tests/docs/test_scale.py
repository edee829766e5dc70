"""What docs/scale.md says of the questions is so."""

from __future__ import annotations

import re

from tests.project.tree import ROOT
from tests.queries.files import ASK

NUMBERS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"]


def test_the_measurement_of_the_questions_about_patients_is_of_all_of_them() -> None:
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"\w+ of the (\w+) questions about patients", page)

    there = sum(query.graph == "patient" for query in ASK)

    assert NUMBERS.index(told) + 10 == there, "ask the new ones of all graphs in Virtuoso as well"
