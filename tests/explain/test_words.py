"""The words of the ontology are whole: every audience, every situation, every closed list."""

from __future__ import annotations

import ast
import re
from itertools import product

import pytest

from poem_kg.errors import KnowledgeError
from poem_kg.explain.words import Words, audiences
from poem_kg.namespaces import POEMKG, RDF, SKOS, WORDS
from tests.derivation.view import changed_knowledge
from tests.explain.stories import AUDIENCES, ROOT, index, kb, words

UNSAID = {
    "clinician": {"section-queries", "query", "marker", "claim"},
    "researcher": {"known-by"},
}
"""Situations in which an audience is told nothing, on purpose."""
JARGON = re.compile(
    r"criteri|provenance|\bIRI|\bRDF|\bquer|tripl|\bgraph|ontolog|predicate|https?:|\w+:\w", re.I
)
SHOWN_NOTICES = """
    natural-history follow-up gap caution already-done contradiction left-out exclusion
""".split()


def codes(kind: str) -> list[str]:
    """Return the short codes of a closed list."""
    members = index().having(RDF + "type", POEMKG + kind)
    found = [index().one(member, SKOS + "notation") or "" for member in members]
    assert found, kind
    return found


KEYS = frozenset(
    "claim certainty digest direction iri kind marker name queries record review statements status "
    "strength".split()
)
"""What only a researcher is told: keys, codes and queries, never a fact."""
ELSEWHERE = {
    "caution": {"label"},  # a clinician reads the whole sentence in its place
    "condition-met": {"facts"},  # a clinician reads them once, as known-by
    "condition-not-met": {"facts"},
    "condition-unknown": {"facts"},
    "known-by": {"facts"},
    "criterion-same": {"criterion"},  # the fact is the very thing that is asked for
    "diagnosis-recorded": {"disorder"},  # so are the facts of a diagnosis
    "standing-conditional": {"disorder"},  # the transfer names it
    "estimate": {"population"},  # the head of the group names it
}
"""What one audience is told in another place than the other."""


def situations() -> set[str]:
    """Return every situation of the ontology."""
    found = index().having(RDF + "type", POEMKG + "Situation")
    return {iri.removeprefix(WORDS) for iri in found}


def test_the_audiences_are_those_of_the_ontology() -> None:
    assert audiences(kb().knowledge) == AUDIENCES


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_situation_has_words(audience: str) -> None:
    assert len(situations()) > 100
    assert set(words(audience).templates) == situations()


@pytest.mark.parametrize("audience", AUDIENCES)
def test_words_use_only_what_the_situation_offers(audience: str) -> None:
    wrong = {k for k, t in words(audience).templates.items() if not t.uses <= t.offers}

    assert wrong == set()


def test_nothing_is_offered_that_no_audience_is_told() -> None:
    used = {
        key: frozenset[str]().union(*(words(a).templates[key].uses for a in AUDIENCES))
        for key in situations()
    }

    assert used == {key: words("clinician").templates[key].offers for key in situations()}


def test_one_audience_is_told_no_fact_that_the_other_is_not() -> None:
    first, second = (words(audience).templates for audience in AUDIENCES)
    found = {key: (first[key].uses ^ second[key].uses) - KEYS for key in situations()}

    assert {key: names for key, names in found.items() if names} == ELSEWHERE


@pytest.mark.parametrize("audience", AUDIENCES)
def test_an_audience_is_told_nothing_only_on_purpose(audience: str) -> None:
    empty = {key for key, template in words(audience).templates.items() if not template.text}

    assert empty == UNSAID[audience]


@pytest.mark.parametrize(
    ("pattern", "kinds"),
    [
        ("requirement-{}-{}", ("GateKind", "Truth")),
        ("obstacle-{}", ("Truth",)),
        ("condition-{}", ("Truth",)),
        ("picture-criterion-{}", ("Truth",)),
        ("basis-{}", ("Truth",)),
        ("readiness-{}", ("Readiness",)),
        ("why-not-{}", ("Readiness",)),
        ("standing-{}", ("Standing",)),
        ("role-{}", ("Role",)),
        ("verified-{}", ("Verification",)),
        ("silent-{}", ("SilenceKind",)),
    ],
)
def test_every_member_of_a_closed_list_has_words(pattern: str, kinds: tuple[str, ...]) -> None:
    keys = {pattern.format(*pair) for pair in product(*(codes(kind) for kind in kinds))}

    assert keys - situations() == set()


def test_every_status_that_counts_and_every_notice_that_shows_has_words() -> None:
    statuses = set(codes("Status")) - {"entered-in-error"}
    notices = set(codes("NoticeKind"))
    assert set(SHOWN_NOTICES) <= notices

    wanted = {f"{form}-{status}" for form in ("fact", "fact-result") for status in statuses}
    wanted |= {f"notice-{kind}" for kind in SHOWN_NOTICES}

    assert wanted - situations() == set()
    aside = {"disclaimer", "review", "interpretation", "selection-factor"}
    assert notices == aside | set(SHOWN_NOTICES), "say how the new kind of notice is told"


def test_no_situation_is_idle() -> None:
    whole, patterns = set(), set()
    for path in (ROOT / "poem_kg").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(p.value)) if isinstance(p, ast.Constant) else "[a-z-]+"
                    for p in node.values
                ]
                patterns.add("".join(parts))
    compiled = [re.compile(pattern) for pattern in patterns - {"[a-z-]+"}]

    idle = {s for s in situations() - whole if not any(p.fullmatch(s) for p in compiled)}

    assert idle == set()


def test_clinicians_are_spoken_to_in_plain_words() -> None:
    templates = words("clinician").templates
    wrong = {
        key: template.text
        for key, template in templates.items()
        if JARGON.search(re.sub(r"\{\w+\}", "", template.text))
    }

    assert wrong == {}


def test_missing_words_are_named() -> None:
    with pytest.raises(KnowledgeError, match="words/no-such: has no words for the audience clin"):
        words("clinician").say("no-such")


def test_a_situation_that_offers_other_names_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="words/dated: offers fact; let poemkg:placeholder"):
        words("clinician").say("dated", fact="x")


def test_an_audience_is_added_in_the_ontology_alone(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    added = """
poemkg:wordsForNurse a owl:AnnotationProperty .
poemkg:nurse a poemkg:Audience ; skos:notation "nurse" ; poemkg:speaksBy poemkg:wordsForNurse .
<https://w3id.org/poem-kg/words/dated> poemkg:wordsForNurse "{fact}, noted {date}"@en .
"""
    changed = changed_knowledge(tmp_path_factory.mktemp("nurse"), files={"words.ttl": added})

    assert audiences(changed) == ("clinician", "nurse", "researcher")
    assert Words(changed, "nurse").say("dated", fact="this", date="today") == "this, noted today"
