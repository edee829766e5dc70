from __future__ import annotations

import pytest

from poem_kg.intake.fields import Fields
from poem_kg.knowledge_base import KnowledgeBase


@pytest.fixture(scope="package")
def kb() -> KnowledgeBase:
    return KnowledgeBase.load()


@pytest.fixture(scope="package")
def fields(kb: KnowledgeBase) -> Fields:
    return Fields(kb.knowledge)
