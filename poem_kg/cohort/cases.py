"""A patient under other names: every node of its own gets a placeholder.

Patients of one batch may share nodes, as the operator of a hospital is shared; in one graph each
would then inherit what the others say of it. So the nodes of each patient are renamed before the
graphs are put together, and named back afterwards. That changes no conclusion: derivation and
shapes look at nodes in two ways only. They mint IRIs of the patient's IRI, words, and the SHA1 of
single terms, which naming back turns into what would have been minted; and they take the first of
several by the order of IRIs, which renaming keeps, among the nodes of a patient and between these
and the minted ones that act as records.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from typing import Final

from poem_kg.errors import KnowledgeError
from poem_kg.namespaces import RDF

STEM: Final = "urn:poem-kg:case:"
"""What placeholders begin with: the number of the case follows, and that of the node."""

_TYPE: Final = f"<{RDF}type>".encode()
_MINTED_RECORDS: Final = "/recorded/"
"""Below the patient's IRI: nodes that derivation mints and that act as records."""
_PLACEHOLDER: Final = re.compile(rb"urn:poem-kg:case:(\d{5})(?:([-:])(\d{5}))?")
_TOKEN: Final = re.compile(rb"urn:poem-kg:case:\d{5}(?:[-:]\d{5})?|(?<=/)[0-9a-f]{40}(?=[/>])")
_SUBJECT: Final = re.compile(rb"^<(urn:poem-kg:case:\d{5}/[^>]*)>", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One patient, renamed.

    Attributes:
        name: the placeholder of the patient.
        lines: the graph in N-Triples, renamed.
        back: placeholder to IRI, and SHA1 of placeholder to SHA1 of IRI.
    """

    name: str
    lines: tuple[bytes, ...] = field(repr=False)
    back: dict[bytes, bytes] = field(repr=False)

    def named_back(self, text: bytes, known: Container[bytes]) -> bytes:
        """Return a text in which placeholders and what was minted of them have their own names.

        Args:
            text: N-Triples; every minted node that another is minted of is a subject in it.
            known: the SHA1 of every IRI of the knowledge.

        Raises:
            KnowledgeError: a hash is that of no term, so a query mints IRIs in a way that does
                not follow the names of a patient's nodes.
        """
        back = self.back
        tokens = set(_TOKEN.findall(text))
        if any(token not in back and token not in known for token in tokens):
            back = back | self._minted(text)
        strange = [token for token in tokens if token not in back and token not in known]
        if strange:
            raise KnowledgeError(
                f"a derive query mints an IRI with {min(strange).decode()}, which is the SHA1 of "
                "no single term; mint it of the patient's IRI, words and the SHA1 of single terms"
            )
        return _TOKEN.sub(lambda found: back.get(found[0], found[0]), text)

    def _minted(self, text: bytes) -> dict[bytes, bytes]:
        """The SHA1 of every minted subject, to that of its name in the input's terms."""
        subjects = set(_SUBJECT.findall(text))
        return {
            _sha1(subject): _sha1(
                _TOKEN.sub(lambda found: self.back.get(found[0], found[0]), subject)
            )
            for subject in subjects
        }


def can_be_renamed(patient: str, nodes: Iterable[str]) -> bool:
    """Return whether placeholders keep the order of the nodes.

    They do not where a node of the input lies among those that derivation mints.
    """
    minted = patient + _MINTED_RECORDS
    return not any(node.startswith(minted) for node in nodes) and not patient.startswith(STEM)


def rename(
    number: int, patient: str, lines: Iterable[bytes], is_word: Callable[[bytes], bool]
) -> Case:
    """Return a patient under placeholders.

    Args:
        number: of the case in its batch, below 100,000.
        patient: the IRI of the patient.
        lines: canonical N-Triples without blank nodes.
        is_word: whether an IRI in angle brackets belongs to the knowledge, and so keeps its name.

    Raises:
        ValueError: `can_be_renamed` is false.
    """
    split = [line.split(b" ", 2) for line in lines]
    nodes = {subject for subject, _, _ in split}
    for _, predicate, value in split:
        if value.startswith(b"<") and predicate != _TYPE:
            node = value[:-3]
            if node not in nodes and not is_word(node):
                nodes.add(node)
    own = patient.encode()
    new = placeholders(number, own, (node[1:-1] for node in nodes))
    bracketed = {b"<%s>" % iri: b"<%s>" % name for iri, name in new.items()}
    renamed = []
    for subject, predicate, value in split:
        if value.startswith(b"<"):
            node = value[:-3]
            if predicate != _TYPE and node in bracketed:
                value = bracketed[node] + b" .\n"
        renamed.append(b"%s %s %s" % (bracketed[subject], predicate, value))
    back = {name: iri for iri, name in new.items()}
    back |= {_sha1(name): _sha1(iri) for iri, name in new.items()}
    return Case(name=new[own].decode(), lines=tuple(renamed), back=back)


def placeholders(number: int, patient: bytes, iris: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return a placeholder for each IRI, in an order that is that of the IRIs.

    Raises:
        ValueError: no placeholder can keep the order of an IRI.
    """
    minted = patient + _MINTED_RECORDS.encode()
    name = b"%s%05d" % (STEM.encode(), number)
    new = {patient: name}
    for place, iri in enumerate(sorted(iri for iri in iris if iri != patient)):
        if iri.startswith(minted):
            raise ValueError(f"{iri.decode()} lies where minted records lie")
        # "-" sorts before the "/" that minted IRIs go on with, ":" after it.
        new[iri] = b"%s%s%05d" % (name, b"-" if iri < minted else b":", place)
    return new


def case_of(line: bytes) -> bytes | None:
    """Return the placeholder of the patient that a line is about, or None."""
    match = _PLACEHOLDER.match(line, 1)
    return b"%s%s" % (STEM.encode(), match[1]) if match else None


def _sha1(iri: bytes) -> bytes:
    return hashlib.sha1(iri, usedforsecurity=False).hexdigest().encode()
