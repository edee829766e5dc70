"""A new source: what it is, and an empty file for its statements."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.authoring.drafting import clean
from poem_kg.authoring.edits import Edits
from poem_kg.authoring.terms import Terms
from poem_kg.authoring.writing import FALSE, Written, add_home, block_of, refuse_unsound
from poem_kg.errors import InputError
from poem_kg.namespaces import DCTERMS, OWL, POEMKG, PREFIXES, RDF, RDFS, SKOS, SOURCE

_KEY: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
_DOI: Final = re.compile(r"10\.[0-9]{4,9}/\S+\Z")
_PMID: Final = re.compile(r"[0-9]{1,9}\Z")
_BIBO: Final = PREFIXES["bibo"]


@dataclass(frozen=True, kw_only=True)
class SourceDraft:
    """A source to be written.

    Attributes:
        name: its citation key, such as "aga2017".
        kind: the kind of source, as people call it, such as "guideline".
        label: what to call it.
        definition: what it is, one sentence.
        title: its own title.
        note: what of it was read, and where.
        citation: authors, journal, year and pages, or None.
        doi: its DOI without a web address, or None.
        pmid: its number in PubMed, or None.
        url: where it can be read, or None.
    """

    name: str
    kind: str
    label: str
    definition: str
    title: str
    note: str
    citation: str | None = None
    doi: str | None = None
    pmid: str | None = None
    url: str | None = None


def new_source(draft: SourceDraft, *, ontology: Path, keep: bool = True) -> Written:
    """Write a source, with an empty file for its statements, and return what was done.

    The file is listed in the catalogue and imported by the root. All checks but the reasoner run
    on a copy before anything is written.

    Args:
        draft: what the author says.
        ontology: the folder of the ontology.
        keep: False only tells what would be written.

    Raises:
        InputError: something that the author said cannot be used, the source exists, or a check
            refuses it. Nothing has changed then.
        KnowledgeError: the ontology is broken already.
    """
    edits = Edits(ontology)
    terms = Terms(edits.triples)
    iri, triples = _source(draft, terms)
    path = edits.root / "sources.ttl"
    edits.add(path, triples)
    add_home(edits, iri)
    with tempfile.TemporaryDirectory(prefix="poem-kg-") as scratch:
        warnings = refuse_unsound(edits, edits.copy_to(Path(scratch)), iri)
    files = edits.write({}) if keep else edits.changed
    return Written(iri=iri, block=block_of(edits.text(path), iri), files=files, warnings=warnings)


def _source(draft: SourceDraft, terms: Terms) -> tuple[str, tuple[ox.Triple, ...]]:
    key = draft.name.strip().removeprefix("source:")
    if not _KEY.match(key):
        raise InputError(
            f"--id {draft.name}", "is no citation key", "write small letters and the year: x2030"
        )
    iri = SOURCE + key
    if iri in terms.subjects:
        raise InputError(
            f"--id {key}", f"there is a source of this name ({terms.label(iri)})", "choose another"
        )
    kinds = terms.below(POEMKG + "EvidenceSource")
    kind = terms.find(draft.kind, [k for k in kinds if terms.code(k) != k], where="--kind")
    said: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        (RDF + "type", ox.NamedNode(OWL + "NamedIndividual")),
        (RDF + "type", ox.NamedNode(kind)),
        (RDFS + "label", _english(draft.label, "--label")),
        (SKOS + "definition", _english(draft.definition, "--definition")),
        (DCTERMS + "title", _english(draft.title, "--title")),
        (POEMKG + "bibliographyNote", ox.Literal(clean(draft.note, where="--note"))),
        (POEMKG + "governing", FALSE),
    ]
    if draft.citation is not None:
        citation = _english(draft.citation, "--citation")
        said.append((DCTERMS + "bibliographicCitation", citation))
    if draft.doi is not None:
        said.append((_BIBO + "doi", _identifier(draft.doi, _DOI, "--doi", "10.1000/xyz")))
    if draft.pmid is not None:
        said.append((_BIBO + "pmid", _identifier(draft.pmid, _PMID, "--pmid", "28989059")))
    if draft.url is not None:
        said.append((RDFS + "seeAlso", _address(draft.url)))
    subject = ox.NamedNode(iri)
    return iri, tuple(ox.Triple(subject, ox.NamedNode(p), o) for p, o in said)


def _english(text: str, where: str) -> ox.Literal:
    return ox.Literal(clean(text, where=where), language="en")


def _identifier(text: str, form: re.Pattern[str], where: str, example: str) -> ox.Literal:
    if not form.match(text.strip()):
        raise InputError(f"{where} {text}", "is not of that form", f"write it as in {example}")
    return ox.Literal(text.strip())


def _address(text: str) -> ox.NamedNode:
    try:
        address = ox.NamedNode(text.strip())
    except ValueError:
        address = ox.NamedNode("urn:none")
    if not address.value.startswith(("http://", "https://")):
        raise InputError(f"--url {text}", "is no web address", "write it as https://HOST/...")
    return address
