"""What an author says becomes triples, and what cannot be meant is refused with what is near."""

from __future__ import annotations

from dataclasses import replace

import pytest

from poem_kg.authoring.drafting import Draft, draft_of, make_statement
from poem_kg.authoring.naming import next_name
from poem_kg.authoring.terms import Terms, camel, dashed
from poem_kg.errors import InputError
from poem_kg.knowledge import load_knowledge
from poem_kg.namespaces import POEMKG, SOURCE, STATEMENT, compact
from poem_kg.turtle import write_turtle

SAID = {
    "label": ("a made-up label",),
    "definition": ("A made-up definition.",),
    "locator": ("section 1",),
    "therapy": ("PneumaticDilation",),
    "disorder": ("HypercontractileOesophagus",),
}
DRAFT = Draft(kind="recommendation", source="aga2017", name="BPA9", said=SAID)
TAKEN = "POEM recommended as first-line treatment of type III achalasia"
WAYS_TO_CALL = (
    "PneumaticDilation",
    "poemkg:PneumaticDilation",
    POEMKG + "PneumaticDilation",
    "pneumatic dilation",
    "Pneumatic Dilation",
)


@pytest.fixture(scope="module")
def terms() -> Terms:
    return Terms(load_knowledge().ontology)


def said(**more: str) -> Draft:
    return replace(DRAFT, said={**SAID, **{name: (text,) for name, text in more.items()}})


@pytest.mark.parametrize("text", WAYS_TO_CALL)
def test_a_term_can_be_called_by_any_of_its_names(terms: Terms, text: str) -> None:
    among = terms.values(POEMKG + "therapy")

    assert terms.find(text, among, where="--therapy") == POEMKG + "PneumaticDilation"


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (
            said(therapy="PneumaticDilaton"),
            "“PneumaticDilaton” is not known here; did you mean poemkg:PneumaticDilation?",
        ),
        (replace(DRAFT, kind="recomendation"), "did you mean poemkg:Recommendation"),
        (replace(DRAFT, source="aga2071"), "did you mean source:aga2017"),
        (said(when="criterion:hiatal-hernai"), "did you mean criterion:hiatal-hernia"),
        (said(populationNot="x"), "did you mean poemkg:populationNote"),
        (said(therapy="HypercontractileOesophagus"), "is no value of therapy; name one such as"),
        (said(severity="major"), "is nothing that a statement of the kind poemkg:Recommendation"),
        (replace(DRAFT, name="BPA3"), "there is a statement of this name"),
        (replace(DRAFT, name="bpa3"), "--id aga2017-bpa3: differs from stmt:aga2017-BPA3 in"),
        (replace(DRAFT, name="a b"), "--id a b: is no name"),
        (replace(DRAFT, name="../x"), "is no name"),
        (
            replace(said(), passages=("17",)),
            "--passage 17: is none of the 0 passages of source:aga",
        ),
        (replace(said(), source="droracle2025", passages=("13",)), "is left out so far: A heading"),
        (said(label="  "), "--label: is empty"),
        (said(label=TAKEN), "--label: is the label of stmt:droracle2025-C01; say what sets"),
        (said(definition="one\ntwo"), "--definition: holds a line break"),
        (said(definition="one\u202etwo"), "cannot be seen"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_do(
    terms: Terms, draft: Draft, error: str
) -> None:
    with pytest.raises(InputError) as refused:
        make_statement(draft, terms)

    assert error in str(refused.value)


def test_what_is_not_said_is_the_least_that_can_be_claimed(terms: Terms) -> None:
    statement = make_statement(DRAFT, terms)

    text = write_turtle(statement.triples)
    assert dict(statement.supposed) == {
        "certainty": "poemkg:certaintyNotGraded",
        "review": "poemkg:pendingHumanReview",
        "strength": "poemkg:strengthNotGraded",
        "verified": "poemkg:unverifiedSource",
    }
    assert "poemkg:verified poemkg:unverifiedSource" in text
    assert "Nobody has said yet what of the source was read." in text
    assert "poemkg:direction" not in text, "which way advice points is never supposed"


def test_a_kind_that_never_takes_sides_is_neutral(terms: Terms) -> None:
    draft = replace(said(), kind="operator-requirement")

    assert ("direction", "poemkg:directionNeutral") in make_statement(draft, terms).supposed


@pytest.mark.parametrize(
    ("name", "text", "written"),
    [
        ("value", "94", "poemkg:value 94.0 ;"),
        ("value", "1.27", "poemkg:value 1.27 ;"),
        ("approximate", "true", "poemkg:approximate true ;"),
        ("sample-size", "551", 'poemkg:sampleSize "551" ;'),
    ],
)
def test_figures_are_written_as_the_schema_has_them(
    terms: Terms, name: str, text: str, written: str
) -> None:
    draft = replace(DRAFT, kind="outcome", said={**SAID, name: (text,)})

    assert written in write_turtle(make_statement(draft, terms).triples)


@pytest.mark.parametrize("text", ["many", "NaN", "1e400x", "inf", "1,5"])
def test_no_number_is_refused(terms: Terms, text: str) -> None:
    draft = replace(DRAFT, kind="outcome", said={**SAID, "value": (text,)})

    with pytest.raises(InputError, match="is no number; write it with a point"):
        make_statement(draft, terms)


@pytest.mark.parametrize("kind", [("line", "line"), ("outcome", "value")])
@pytest.mark.parametrize("text", ["1e5000", "1e999999", "-1e-999999", "1" * 5000, "1e18", "1e-19"])
def test_a_number_of_more_digits_than_can_be_compared_is_refused_at_once(
    terms: Terms, kind: tuple[str, str], text: str
) -> None:
    draft = replace(DRAFT, kind=kind[0], said={**SAID, kind[1]: (text,)})

    with pytest.raises(InputError, match="has more digits than can be compared; write at most 18"):
        make_statement(draft, terms)


@pytest.mark.parametrize(
    ("text", "written"),
    [("1e17", "100000000000000000.0"), ("1e-18", "0.000000000000000001"), ("-2.50", "-2.50")],
)
def test_a_number_of_as_many_digits_is_written_out(terms: Terms, text: str, written: str) -> None:
    draft = replace(DRAFT, kind="outcome", said={**SAID, "value": (text,)})

    assert f"poemkg:value {written} ;" in write_turtle(make_statement(draft, terms).triples)


def test_what_is_said_in_two_spellings_of_a_property_is_all_said(terms: Terms) -> None:
    draft = draft_of(
        kind="recommendation",
        source="aga2017",
        name="BPA9",
        said={**SAID, "requires": ("anticoagulation",)},
        others=["Requires=barium-supports-need", "poemkg:requires=anticoagulation"],
        terms=terms,
    )

    text = write_turtle(make_statement(draft, terms).triples)

    assert "poemkg:requires\n\t\tcriterion:anticoagulation ,\n\t\tcriterion:barium-supp" in text


@pytest.mark.parametrize(
    ("source", "name"),
    [("droracle2025", "droracle2025-C77"), ("fda2019", "fda2019-2"), ("mja2021", "mja2021-1")],
)
def test_a_statement_without_a_name_gets_the_next_number(
    terms: Terms, source: str, name: str
) -> None:
    assert next_name(SOURCE + source, terms) == name

    statement = make_statement(replace(DRAFT, source=source, name=None), terms)
    assert statement.iri == STATEMENT + name


def test_every_existing_statement_can_be_said_again_in_its_own_words(terms: Terms) -> None:
    kinds = set(terms.kinds)
    checked = 0
    for iri in sorted(terms.subjects):
        (kind, *_) = [k for k in terms.index.all(iri, TYPE) if k in kinds] or [""]
        if not kind or not iri.startswith(STATEMENT):
            continue
        names = {p.name: terms.index.all(iri, p.iri) for p in terms.properties(kind)}
        said = {name: values for name, values in names.items() if values}
        (source,) = terms.index.all(iri, POEMKG + "source")
        draft = Draft(
            kind=compact(kind),
            source=compact(source),
            name="again-1",
            said={**said, "label": (f"again: {said['label'][0]}",)},
        )
        statement = make_statement(draft, terms)
        again = {(t.predicate.value, t.object.value) for t in statement.triples}  # type: ignore[union-attr]
        for name, prop in ((p.name, p.iri) for p in terms.properties(kind)):
            for value in said.get(name, ()) if name != "label" else ():
                assert (prop, value) in again, f"{compact(iri)} {name}"
        checked += 1
    assert checked > 190


TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@pytest.mark.parametrize("name", ["populationNote", "when", "followUpAfter", "locator"])
def test_a_property_is_its_option_and_back(name: str) -> None:
    assert camel(dashed(name)) == name


def test_a_call_without_the_source_is_told_which_there_are(terms: Terms) -> None:
    with pytest.raises(InputError, match="--source: is missing; choose one of aga2017, "):
        draft_of(kind="gap", source=None, name=None, said={}, others=(), terms=terms)


def test_further_properties_are_given_by_name_and_value(terms: Terms) -> None:
    draft = draft_of(
        kind="line",
        source="aga2017",
        name="L1",
        said=SAID,
        others=["line=2", "passed-by=criterion:botulinum-toxin-passed"],
        terms=terms,
    )

    text = write_turtle(make_statement(draft, terms).triples)
    assert "poemkg:line 2 ;" in text
    assert "poemkg:passedBy criterion:botulinum-toxin-passed ;" in text
    with pytest.raises(InputError, match="is no NAME=VALUE"):
        draft_of(kind="line", source="aga2017", name=None, said=SAID, others=["x"], terms=terms)
