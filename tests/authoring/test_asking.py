"""By questions and answers one gets what one gets by options."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from poem_kg.authoring.asking import ask_draft
from poem_kg.authoring.drafting import Draft, make_statement
from poem_kg.authoring.terms import Terms
from poem_kg.errors import InputError
from poem_kg.knowledge import load_knowledge

ANSWERS = {
    "source": ["aga2071", "aga2017"],
    "kind of statement": ["recommendation"],
    "end of its IRI [aga2017-BPA6]": ["X1"],
    "label": ["", "a made-up label"],
    "definition": ["A made-up definition."],
    "locator": ["section 1"],
    "direction": ["for"],
    "disorder": ["8"],
    "disorder (more)": ["achalasia", ""],
    "standing": ["option"],
    "therapy": ["pneumatic dilaton", "pneumatic dilation"],
    "therapy (more)": [""],
    "certainty [poemkg:certaintyNotGraded]": [""],
    "what else, or nothing": ["population-not", "population-note", ""],
    "population-note": ["invented people"],
}


@pytest.fixture(scope="module")
def terms() -> Terms:
    return Terms(load_knowledge().ontology)


def answering(answers: dict[str, list[str]]) -> Callable[[str], str | None]:
    left = {question: list(texts) for question, texts in answers.items()}

    def ask(question: str) -> str | None:
        waiting = left.get(question.removesuffix(": "))
        if waiting is None:
            return ""
        return waiting.pop(0) if waiting else None

    return ask


def test_answers_make_the_statement_that_options_make(terms: Terms) -> None:
    told: list[str] = []

    draft = ask_draft(terms, ask=answering(ANSWERS), tell=told.append)

    by_options = Draft(
        kind="recommendation",
        source="aga2017",
        name="X1",
        said={
            "label": ("a made-up label",),
            "definition": ("A made-up definition.",),
            "locator": ("section 1",),
            "direction": ("for",),
            "disorder": ("HypercontractileOesophagus", "Achalasia"),
            "standing": ("option",),
            "therapy": ("PneumaticDilation",),
            "population-note": ("invented people",),
        },
    )
    assert set(make_statement(draft, terms).triples) == set(
        make_statement(by_options, terms).triples
    )
    assert [line for line in told if "did you mean" in line] == [
        "source: “aga2071” is not known here; did you mean source:aga2017?",
        "therapy: “pneumatic dilaton” is not known here; did you mean poemkg:PneumaticDilation?",
        "population-not: “population-not” is not known here; did you mean poemkg:populationNote?",
    ]
    assert "label is needed" in told


def test_every_offer_is_a_term_of_the_ontology(terms: Terms) -> None:
    told: list[str] = []

    ask_draft(terms, ask=answering(ANSWERS), tell=told.append)

    offered = [
        line.split()[1] for line in told if line.startswith("  ") and line.split()[0].isdigit()
    ]
    codes = {terms.code(kind) for kind in terms.kinds}
    assert len(offered) > 60
    for name in offered:
        known = name in codes or name.startswith(("poemkg:", "criterion:", "source:", "stmt:"))
        assert known or f"https://w3id.org/poem-kg/source/{name}" in terms.sources


def test_answers_that_end_early_write_nothing(terms: Terms) -> None:
    answers = {**ANSWERS, "locator": []}

    with pytest.raises(InputError, match=r"the answers ended here; .*nothing was written"):
        ask_draft(terms, ask=answering(answers), tell=lambda text: None)
