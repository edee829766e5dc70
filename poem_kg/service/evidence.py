"""The page "Evidence"."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from poem_kg.service.model import Answer, Call
from poem_kg.service.pages import Pages
from poem_kg.service.site import public_page


@dataclass(frozen=True, eq=False)
class Evidence:
    """Makes the page.

    Attributes:
        pages: lays it out.
        store: what the queries are asked of.
    """

    pages: Pages
    store: ox.Store

    def answer(self, call: Call) -> Answer:
        """Return the page."""
        return public_page(self.pages.render("evidence.html", title="Evidence"))
