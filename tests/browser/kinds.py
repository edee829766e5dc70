"""One page of each kind."""

from __future__ import annotations

from typing import Final

KINDS: Final = {
    "home": "",
    "knowledge": "browse",
    "search": "browse?q=dilation",
    "evidence": "evidence",
    "editor": "editor",
    "patient": "patient",
    "term": "ontology/PerOralEndoscopicMyotomy.html",
    "disorder": "ontology/Achalasia.html",
    "criterion": "criterion/procedure-count-floor.html",
    "statement": "statement/droracle2025-C16.html",
    "interpretation": "statement/poem-kg-I01.html",
    "source": "source/droracle2025.html",
    "shape": "shapes/argument.html",
    "module": "ontology/module/disorders.html",
    "query": "query/ask-claim.html",
    "queries": "queries",
    "answer": "queries/claim?claim=C24",
    "endpoint": "sparql",
}
"""Kind to the path of a page of this kind."""
