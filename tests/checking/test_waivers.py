"""What is waived is told with its reason and fails nothing; a waiver that is not whole is wrong."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from poem_kg.checking.model import Problem, found
from poem_kg.checking.rules import DANGLING, SYNTAX, rules
from poem_kg.checking.waivers import waived

TERM = "https://example.org/term"
WHOLE = {
    "poemkg:waivesRule": '"dangling-citations"',
    "poemkg:waivesTerm": f"<{TERM}>",
    "poemkg:waiverReason": '"The page is to blame."@en',
    "dcterms:creator": '"somebody"',
    "dcterms:date": '"2030-01-31"',
}


def outcome(
    said: dict[str, str], *problems: Problem, looked_at: tuple[str, ...] = (DANGLING.name,)
) -> tuple[list[Problem], list[Problem]]:
    """What stands and what is waived under one waiver."""
    text = (
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        "@prefix poemkg: <https://w3id.org/poem-kg/ontology/> .\n"
        f"poemkg:waiver-x a poemkg:Waiver ; {' ; '.join(f'{p} {v}' for p, v in said.items())} .\n"
    )
    triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    return waived(problems, triples, rules(), looked_at=looked_at)


PROBLEM = found(DANGLING, TERM, "has no entry")


def test_a_finding_is_set_aside_by_rule_and_term_with_the_reason() -> None:
    other = found(DANGLING, TERM + "2", "has no entry")

    standing, aside = outcome(WHOLE, PROBLEM, other)

    assert standing == [other]
    assert [(p.term, p.waived) for p in aside] == [(TERM, "The page is to blame.")]


@pytest.mark.parametrize("missing", WHOLE)
def test_a_waiver_that_is_not_whole_waives_nothing(missing: str) -> None:
    standing, aside = outcome({k: v for k, v in WHOLE.items() if k != missing}, PROBLEM)

    assert aside == []
    assert PROBLEM in standing
    assert any(p.name == "waivers" and missing in p.message for p in standing)


def test_an_empty_reason_is_none() -> None:
    standing, aside = outcome({**WHOLE, "poemkg:waiverReason": '" "'}, PROBLEM)

    assert aside == [] and len(standing) == 2


def test_a_waiver_of_a_rule_that_there_is_not_asks_what_was_meant() -> None:
    standing, _ = outcome({**WHOLE, "poemkg:waivesRule": '"dangling-citation"'}, PROBLEM)

    assert any("did you mean dangling-citations?" in p.message for p in standing)


def test_what_must_not_be_waived_is_not() -> None:
    problem = found(SYNTAX, TERM, "is no Turtle")

    standing, aside = outcome({**WHOLE, "poemkg:waivesRule": '"syntax"'}, problem)

    assert aside == [] and problem in standing
    assert any("cannot be waived" in p.message for p in standing)


def test_a_waiver_that_waives_nothing_is_told_where_its_rule_was_looked_at() -> None:
    idle, _ = outcome(WHOLE)
    unseen, _ = outcome(WHOLE, looked_at=())

    assert [p.name for p in idle] == ["waivers"]
    assert unseen == []
