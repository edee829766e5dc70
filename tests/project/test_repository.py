"""What no file may hold: clinical names outside the ontology, addresses, machine paths, secrets."""

from __future__ import annotations

import re
from functools import cache

import pyoxigraph as ox
import pytest

from poem_kg.namespaces import BASE, OWL, POEMKG, RDF, RDFS, SKOS
from tests.project.tree import ROOT, files, text_of

FOLDERS = (
    ".ci benchmarks contexts deploy docs examples ontology poem_kg queries shapes tests"
).split()
TOP_FILES = (
    ".gitignore .npmrc CHANGELOG.md CITATION.cff CONTRIBUTING.md LICENSE LICENSE-ontology Makefile "
    "README.md SECURITY.md hatch_build.py package-lock.json package.json pyproject.toml"
).split()

# Written in pieces, so that this file holds none of them.
HOSTS = ("py" + "pi.org", "python" + "hosted", "registry." + "npm", "npm" + "js", "deb." + "debian")
MACHINE_PATH = re.compile(r"(?<![\w.~*<>-])/(?:work|tmp|home|root|opt|Users)/\w|\b[C-Z]:\\\w")
SECRETS = re.compile(
    r"""
    -----BEGIN\ [A-Z ]*PRIVATE\ KEY
  | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
  | \bgh[opsur]_\w{30,} | \bgithub_pat_\w{30,} | \bglpat-[\w-]{20,} | \bxox[abprs]-\w{10,}
  | \b(?:sk|pk)-[A-Za-z0-9_-]{20,}
  | (?i:password|passwd|secret|token|api_?key)['"]?\s*[:=]\s*['"][^'"\s]{8,}
  | [a-z]://[^/\s:@'"<>]+:[^/\s:@'"<>]+@
    """,
    re.VERBOSE,
)

CLINICAL_MODULES = ("disorders", "procedures", "measures", "outcomes")
KINDS = frozenset(
    "ClinicalConcept CounsellingTopic DiagnosticTest Disorder DrugExposure Finding Measure "
    "OperatorProperty Outcome Procedure ProcedureResult ResultClass SiteProperty TestResult "
    "Therapy".split()
)
"""The classes that say what sort of thing a class is; queries and code may ask by them."""
TOPICS = "guidance on achalasia"
"""What the project is about, in one phrase; it may stand in a description of the package."""
EXAMPLE = re.compile(r"^[ \t]*>>> (?:.*\n)+?(?=[ \t]*(?:\"\"\")?$)", re.MULTILINE)
"""An example in a docstring, up to the empty line or the end of the docstring behind it."""
FRONT_MATTER = re.compile(r"\A(?:#\+.*\n)+")


def hits(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return `LINE: text` of every line in which the pattern is found."""
    return [
        f"{number}: {line.strip()[:120]}"
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("host of a package registry", re.compile("|".join(map(re.escape, HOSTS)))),
        ("path of one machine", MACHINE_PATH),
        ("secret", SECRETS),
    ],
)
def test_no_file_holds(what: str, pattern: re.Pattern[str]) -> None:
    found = {name: lines for name in files() if (lines := hits(pattern, text_of(name) or ""))}

    assert found == {}, f"take the {what} out"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, "see " + "/work" + "/main/x"),
        (MACHINE_PATH, "'" + "/tmp" + "/x'"),
        (SECRETS, "-----BEGIN " + "RSA PRIVATE KEY-----"),
        (SECRETS, "AKIA" + "ABCDEFGHIJKLMNOP"),
        (SECRETS, "password" + ' = "correct-horse"'),
        (SECRETS, "https" + "://user:pass" + "word@example.org/"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_the_top_level_holds_what_is_prescribed() -> None:
    top = {name.split("/")[0] for name in files()}

    assert top - {*FOLDERS, *TOP_FILES} == set(), "is there a room for it already?"
    assert {*FOLDERS, *TOP_FILES} - top == set(), "these are missing"


@cache
def clinical_terms() -> dict[str, tuple[str, ...]]:
    """Return the clinical classes below the kinds: local name to English labels.

    The results of procedures (success, declined ...) are part of how any patient is written down,
    and are left out.
    """
    classes: set[str] = set()
    above: dict[str, str] = {}
    labels: dict[str, list[str]] = {}
    for module in CLINICAL_MODULES:
        path = ROOT / "ontology" / f"{module}.ttl"
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
            if not isinstance(quad.subject, ox.NamedNode):
                continue
            name = quad.subject.value.removeprefix(POEMKG)
            value = "" if isinstance(quad.object, ox.BlankNode | ox.Triple) else quad.object.value
            if quad.predicate.value == RDF + "type" and value == OWL + "Class":
                classes.add(name)
            elif quad.predicate.value == RDFS + "subClassOf":
                above[name] = value.removeprefix(POEMKG)
            elif quad.predicate.value in (RDFS + "label", SKOS + "prefLabel"):
                labels.setdefault(name, []).append(value)
    assert classes >= KINDS, "take kinds that are no more out of the list"
    generic = KINDS | {name for name in classes if above.get(name) == "ProcedureResult"}
    return {name: tuple(labels.get(name, ())) for name in sorted(classes - generic)}


@cache
def clinical_pattern() -> re.Pattern[str]:
    """Return what finds a clinical class by local name, or by English label in any case.

    A local name of one word, such as Age or Death, counts only as the end of an IRI or a prefixed
    name or between quotes, since prose may begin a sentence with it.
    """
    names: list[str] = []
    words: list[str] = []
    labels: list[str] = []
    for name, texts in clinical_terms().items():
        (words if name[1:].islower() else names).append(name)
        labels += [re.escape(text).replace(r"\ ", r"\s+") for text in texts]
    return re.compile(
        rf"\b(?:{'|'.join(names)})\b"
        rf"|(?:poemkg:|/ontology/|[\"'])(?:{'|'.join(words)})\b"
        rf"|(?i:(?<![\w-])(?:{'|'.join(labels)})s?(?![\w-]))"
    )


def test_the_terms_looked_for_are_those_of_the_ontology() -> None:
    terms = clinical_terms()

    assert len(terms) > 60
    assert {"AchalasiaTypeIII", "PneumaticDilation", "EckardtScore", "ErosiveOesophagitis"} <= set(
        terms
    )
    assert not KINDS & set(terms)
    for text in ("poemkg:HiatalHernia", "'Pregnancy'", "a hiatal hernia", "Pneumatic dilation"):
        assert clinical_pattern().search(text), text


@pytest.mark.parametrize("room", ["poem_kg", "queries", "shapes"])
def test_no_clinical_class_is_named_outside_the_ontology(room: str) -> None:
    found = {}
    for name in files(room):
        text = FRONT_MATTER.sub("", text_of(name) or "")
        if name.endswith(".py"):
            text = EXAMPLE.sub("", text).replace(TOPICS, "").replace(TOPICS.capitalize(), "")
        if lines := hits(clinical_pattern(), text):
            found[name] = lines

    assert found == {}, "say it in ontology/, and let the code read it there"


@pytest.mark.parametrize("room", ["queries", "shapes"])
def test_no_statement_source_or_criterion_is_named_outside_the_ontology(room: str) -> None:
    single = re.compile(
        rf"<{re.escape(BASE)}(?:statement|source|criterion)/\w|\b(?:stmt|source|criterion):\w"
    )

    found = {
        name: lines
        for name in files(room)
        if (lines := hits(single, FRONT_MATTER.sub("", text_of(name) or "")))
    }

    assert found == {}, "give it a class or a property in ontology/ that the query can ask for"
