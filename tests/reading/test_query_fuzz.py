"""Damaged queries end in an answer or in one line, never in anything else."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from poem_kg.answering import answer_query
from poem_kg.errors import InputError
from poem_kg.limits import Limits
from tests.reading.test_fuzz import SEED, mutated

QUERIES = int(os.environ.get("POEM_KG_FUZZ", "40"))
FOLDER = Path(__file__).parents[2] / "queries" / "ask"
LINE = re.compile(r"(q\.rq(:\d+)?|--format json): [^\n]+; [^\n]+")


def test_fuzz_queries_never_raise_anything_but_an_input_error() -> None:
    import rdflib.plugins.sparql.parser  # noqa: F401  # here, so that no child imports it again

    chance = random.Random(SEED)
    texts = [path.read_bytes() for path in sorted(FOLDER.glob("*.rq"))]
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.Literal("c")))
    answered = 0
    for number in range(QUERIES):
        text = mutated(chance.choice(texts), chance).decode("utf-8", "replace")
        try:
            answer_query(store, text, name="q.rq", format="json", limits=Limits(seconds=5))
            answered += 1
        except InputError as error:
            line = str(error)
            fine = LINE.fullmatch(line) and line.isprintable() and len(line) <= 300
            assert fine and "crashed" not in line, (SEED, text, line)
        except BaseException as error:
            pytest.fail(f"seed {SEED}, query {number}: {error!r} from {text!r}")
    print(f"seed {SEED}: {answered} of {QUERIES} damaged queries could be answered")
    assert 0 < answered < QUERIES
