"""The page "A patient"."""

from __future__ import annotations

from dataclasses import dataclass

from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.limits import Limits
from poem_kg.service.model import Answer, Call
from poem_kg.service.pages import Pages
from poem_kg.service.site import public_page


@dataclass(frozen=True, eq=False)
class PatientPage:
    """Makes the page.

    Attributes:
        pages: lays it out.
        kb: answers for the patient.
        limits: what a patient may cost.
    """

    pages: Pages
    kb: KnowledgeBase
    limits: Limits

    def answer(self, call: Call) -> Answer:
        """Return the page."""
        return public_page(self.pages.render("patient.html", title="A patient"))
