"""Exports made once and looked at by several tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from poem_kg.export.columns import TABLES, Table
from poem_kg.export.contents import advise
from poem_kg.export.tables import knowledge_tables, option_table
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.model import Advice

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def knowledge_base() -> KnowledgeBase:
    return KnowledgeBase.load()


@cache
def example_advice() -> tuple[Advice, ...]:
    return advise(knowledge_base(), [str(path) for path in sorted(EXAMPLES.glob("S*.ttl"))])


@cache
def csv_files() -> dict[str, bytes]:
    """Every table that there is, of the knowledge and of all example patients."""
    files = option_table(example_advice())
    for name in TABLES:
        files |= knowledge_tables(name, knowledge_base().knowledge)
    return files


def all_tables() -> list[Table]:
    return [table for tables in TABLES.values() for table in tables]
