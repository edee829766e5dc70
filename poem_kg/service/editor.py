"""The page "Query"."""

from __future__ import annotations

from dataclasses import dataclass

from poem_kg.service.model import Answer, Call
from poem_kg.service.pages import Pages
from poem_kg.service.site import public_page


@dataclass(frozen=True, eq=False)
class Editor:
    """Makes the page.

    Attributes:
        pages: lays it out.
    """

    pages: Pages

    def answer(self, call: Call) -> Answer:
        """Return the page."""
        return public_page(self.pages.render("editor.html", title="Query"))
