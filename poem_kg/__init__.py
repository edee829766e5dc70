"""poem-kg: guidance on achalasia as a knowledge graph that answers for a patient.

>>> from poem_kg import KnowledgeBase
>>> advice = KnowledgeBase.load().recommend("examples/S3a-type-iii.ttl")
>>> advice.options[0].label
'per-oral endoscopic myotomy'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from poem_kg.errors import InputError, KnowledgeError, PoemKgError, ToolMissing
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.limits import Limits
    from poem_kg.model import (
        Advice,
        Finding,
        NoStatement,
        Notice,
        Option,
        Question,
        Requirement,
        StatementReference,
    )
    from poem_kg.reading import SourceGraph

__version__ = "0.1.0"

_HOMES = {
    "Advice": "model",
    "Finding": "model",
    "InputError": "errors",
    "KnowledgeBase": "knowledge_base",
    "KnowledgeError": "errors",
    "Limits": "limits",
    "NoStatement": "model",
    "Notice": "model",
    "Option": "model",
    "PoemKgError": "errors",
    "Question": "model",
    "Requirement": "model",
    "SourceGraph": "reading",
    "StatementReference": "model",
    "ToolMissing": "errors",
}

__all__ = [
    "Advice",
    "Finding",
    "InputError",
    "KnowledgeBase",
    "KnowledgeError",
    "Limits",
    "NoStatement",
    "Notice",
    "Option",
    "PoemKgError",
    "Question",
    "Requirement",
    "SourceGraph",
    "StatementReference",
    "ToolMissing",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import poem_kg` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'poem_kg' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"poem_kg.{_HOMES[name]}"), name)
