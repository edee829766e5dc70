"""The page "Knowledge"."""

from __future__ import annotations

from dataclasses import dataclass

from poem_kg.service.model import Answer, Call
from poem_kg.service.pages import Pages
from poem_kg.service.site import public_page


@dataclass(frozen=True, eq=False)
class Browsing:
    """Makes the page.

    Attributes:
        pages: lays them out.
    """

    pages: Pages

    def answer(self, call: Call) -> Answer:
        """Return the page."""
        return public_page(self.pages.render("browsing.html", title="Knowledge"))
