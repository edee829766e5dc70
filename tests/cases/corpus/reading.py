"""The corpus as triples."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from poem_kg.namespaces import POEMKG, RDF, XSD
from tests.derivation.patients import CASE, Patient, term
from tests.generated.entries import Entry, write

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "examples"
FILES = (EXAMPLES, HERE.parent / "patients")

_TYPE = ox.NamedNode(RDF + "type")
_PATIENT = ox.NamedNode(POEMKG + "Patient")
_DECIMAL = ox.NamedNode(XSD + "decimal")
_DETAILS = {"in": "partOf", "at": "position", "limit": "upperLimit", "by": "countedBy"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_VALUE = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Sample:
    """One patient of the corpus.

    Attributes:
        name: the story, or the name in `patients.toml` or of the file.
        iri: of the patient.
        triples: the patient graph.
    """

    name: str
    iri: str
    triples: tuple[ox.Triple, ...] = field(repr=False)


@cache
def samples() -> tuple[Sample, ...]:
    """Return every patient of the corpus: those of the files, then those of `patients.toml`."""
    found = [_of_file(path) for folder in FILES for path in sorted(folder.glob("*.ttl"))]
    found = [sample for sample in found if sample.name != "template"]
    return (*found, *(_of_lines(name, lines) for name, lines in _lines().items()))


def _lines() -> Mapping[str, list[str]]:
    with (HERE / "patients.toml").open("rb") as file:
        return {name: table["records"] for name, table in tomllib.load(file).items()}


def _of_file(path: Path) -> Sample:
    triples = tuple(q.triple for q in ox.parse(path=path, format=ox.RdfFormat.TURTLE))
    (iri,) = {t.subject for t in triples if t.predicate == _TYPE and t.object == _PATIENT}
    assert isinstance(iri, ox.NamedNode)
    return Sample(path.stem, iri.value, triples)


def _of_lines(name: str, lines: Iterable[str]) -> Sample:
    iri = CASE + "corpus/" + name
    return Sample(name, iri, written(Patient("corpus/" + name), lines))


def written(patient: Patient, lines: Iterable[str]) -> tuple[ox.Triple, ...]:
    """Return the graph of a patient with a record for each line."""
    named: dict[str, ox.NamedNode] = {}
    more: list[ox.Triple] = []
    for number, text in enumerate(lines):
        said, _, rest = text.partition("|")
        words = rest.split()
        details = dict(zip(words[::2], words[1::2], strict=True))
        if said.startswith("swallows "):
            study = named[details.pop("in")]
            for count in range(int(said.split()[1])):
                node = ox.NamedNode(f"{patient.iri.value}/swallow-{number}-{count + 1}")
                more.append(ox.Triple(study, term("hasSwallow"), node))
                more.append(ox.Triple(node, _TYPE, term("Swallow")))
                more += _described(node, details, named)
        elif said.startswith("asOf "):
            patient.as_of(said.split()[1])
        else:
            record = write([entry(said)], patient).triples()[-1].subject
            assert isinstance(record, ox.NamedNode)
            named[details.pop("as", "")] = record
            more += _described(record, details, named)
    return (*patient.triples(), *more)


def _described(
    node: ox.NamedNode, details: Mapping[str, str], named: Mapping[str, ox.NamedNode]
) -> Iterator[ox.Triple]:
    for word, value in details.items():
        said: ox.NamedNode | ox.Literal
        if word == "in":
            said = named[value]
        elif _VALUE.fullmatch(value):
            said = ox.Literal(value, datatype=_DECIMAL)
        else:
            said = term(value)
        yield ox.Triple(node, term(_DETAILS.get(word, word)), said)


def entry(line: str) -> Entry:
    """Return the record of a line.

    >>> entry("ComputedTomography present =NoMechanicalObstruction 2025-06-01")
    Entry(concept='ComputedTomography', status='present', result='NoMechanicalObstruction', \
date='2025-06-01', value=None, holder='')
    """
    concept, *words = line.split()
    said: dict[str, str | float] = {}
    for word in words:
        if word.startswith("="):
            said["result"] = word[1:]
        elif _DATE.fullmatch(word):
            said["date"] = word
        elif _VALUE.fullmatch(word):
            said["value"] = float(word)
        elif word in ("operator", "centre"):
            said["holder"] = word
        else:
            said["status"] = word
    return Entry(concept, **said)  # type: ignore[arg-type]


def line(entry: Entry) -> str:
    """Return the line of a record."""
    words = [entry.concept]
    if entry.concept not in ("age", "birthYear") and (entry.value is None or entry.holder):
        words.append(entry.status)
    if entry.value is not None:
        words.append(f"{entry.value:g}")
    words += [f"={entry.result}"] if entry.result else []
    return " ".join([*words, *filter(None, (entry.date, entry.holder))])
