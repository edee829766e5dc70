"""Write the page of truth tables."""

from __future__ import annotations

from pathlib import Path

from tests.cases.truth.page import PAGE, page

(Path(__file__).parents[3] / PAGE).write_text(page(), encoding="utf-8")
