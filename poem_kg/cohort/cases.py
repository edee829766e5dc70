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
from collections.abc import Callable, Collection, Container, Iterable
from typing import Final

from poem_kg.errors import KnowledgeError
from poem_kg.namespaces import BASE, RDF

STEM: Final = "urn:poem-kg:case:"
"""What placeholders begin with: the number of the case follows, and that of the node."""
IRI_START: Final = f"<{STEM}".encode()
"""How a term begins that is a placeholder or was minted of one."""
NUMBER: Final = slice(len(IRI_START), len(IRI_START) + 5)
"""Where in such a term the number of the case stands."""

_TYPE: Final = f"<{RDF}type>".encode()
_OURS: Final = f"<{BASE}".encode()
"""Words of ours keep their names, also those that the knowledge does not have: shapes tell."""
_MINTED_RECORDS: Final = b"/recorded/"
"""Below the patient's IRI: nodes that derivation mints and that act as records."""
_MOST_LINES: Final = 50_000
"""Each names at most two nodes, and placeholders have five digits."""
_TOKEN: Final = re.compile(rb"urn:poem-kg:case:\d{5}(?:[-:]\d{5})?|(?<=/)[0-9a-f]{40}(?=[/>])")


class Case:
    """One patient, renamed.

    Args:
        number: of the case in its batch, below 100,000.
        patient: the IRI of the patient.
        lines: canonical N-Triples without blank nodes.
        is_word: whether an IRI in angle brackets belongs to the knowledge, and so keeps its name.
        known: the SHA1 of every IRI of the knowledge.
        plain: what minted IRIs go on with after the patient's that was minted of the knowledge
            alone; shared by the cases of one knowledge, which add to it.

    Raises:
        ValueError: no placeholder can keep the order of a node.
    """

    def __init__(
        self,
        number: int,
        patient: str,
        lines: Iterable[bytes],
        is_word: Callable[[bytes], bool],
        known: Container[bytes],
        plain: set[bytes] | None = None,
    ) -> None:
        split = [line.split(b" ", 2) for line in lines]
        nodes = {subject for subject, _, _ in split}
        for _, predicate, value in split:
            if value.startswith(b"<") and predicate != _TYPE:
                node = value[:-3]
                if node not in nodes and not node.startswith(_OURS) and not is_word(node):
                    nodes.add(node)
        new = placeholders(number, patient.encode(), (node[1:-1] for node in nodes))
        here = {b"<%s>" % iri: b"<%s>" % name for iri, name in new.items()}
        renamed = []
        for subject, predicate, value in split:
            if value.startswith(b"<") and predicate != _TYPE:
                node = value[:-3]
                value = here.get(node, node) + b" .\n"
            renamed.append(b"%s %s %s" % (here[subject], predicate, value))
        self.name = new[patient.encode()].decode()
        """The placeholder of the patient."""
        self.lines = tuple(renamed)
        """The graph in N-Triples, renamed."""
        self._known = known
        self._plain = plain if plain is not None else set()
        self._start = b"<" + patient.encode()
        self._back = {name: iri for iri, name in new.items()}
        self._hashes: dict[bytes, bytes] | None = None
        self._lines: Collection[bytes] = ()

    def text(self, text: str) -> str:
        """Return a text for people in which the patient's nodes have their own names."""
        return _TOKEN.sub(self._token_or_itself, text.encode()).decode()

    def named_back(self, lines: Collection[bytes]) -> list[bytes]:
        """Return conclusions as they would stand without renaming, sorted.

        Args:
            lines: N-Triples about this case, all of them.

        Returns:
            Subject, predicate and object of each, as N-Triples writes them, without the point.

        Raises:
            KnowledgeError: a hash is that of no term, so a query mints IRIs in a way that does
                not follow the names of a patient's nodes.
        """
        self._lines = lines
        new: dict[bytes, bytes] = {}
        named = []
        for line in lines:
            subject, predicate, value = line.split(b" ", 2)
            own = new.get(subject) or self._renamed(subject, new)
            if value.startswith(IRI_START):
                term = value[:-3]
                value = new.get(term) or self._renamed(term, new)
                named.append(b"%s %s %s" % (own, predicate, value))
            else:
                named.append(own + line[len(subject) : -3])
        named.sort()
        return named

    def _renamed(self, term: bytes, new: dict[bytes, bytes]) -> bytes:
        tail = term[NUMBER.stop :]
        if tail in self._plain:
            found = self._start + tail
        else:
            found = _TOKEN.sub(self._token, term)
            if tail.startswith(b"/") and all(t in self._known for t in _TOKEN.findall(tail)):
                self._plain.add(tail)
        new[term] = found
        return found

    def _token_or_itself(self, found: re.Match[bytes]) -> bytes:
        return self._back.get(found[0], found[0])

    def _token(self, found: re.Match[bytes]) -> bytes:
        token = found[0]
        iri = self._back.get(token)
        if iri is not None:
            return iri
        if token in self._known:
            return token
        if self._hashes is None:
            self._hashes = {_sha1(name): _sha1(iri) for name, iri in self._back.items()}
        iri = self._hashes.get(token)
        if iri is None:
            iri = self._minted().get(token)
        if iri is None:
            raise KnowledgeError(
                f"a derive query mints an IRI with {token.decode()}, which is the SHA1 of no "
                "single term; mint it of the patient's IRI, words and the SHA1 of single terms"
            )
        return iri

    def _minted(self) -> dict[bytes, bytes]:
        """The SHA1 of what was minted in one step, to that of its own name; kept once made."""
        assert self._hashes is not None
        plain = self._back | self._hashes
        for term in {line.split(b" ", 1)[0] for line in self._lines}:
            tokens = _TOKEN.findall(term)
            if all(token in plain or token in self._known for token in tokens):
                own = _TOKEN.sub(lambda found: plain.get(found[0], found[0]), term)
                self._hashes[_sha1(term[1:-1])] = _sha1(own[1:-1])
        return self._hashes


def can_be_renamed(patient: str, lines: Collection[bytes]) -> bool:
    """Return whether placeholders keep the order of the nodes, and cannot be taken for names.

    They do not keep it where a node of the input lies among those that derivation mints, and there
    are not enough of them for more than some ten thousand lines.
    """
    if len(lines) > _MOST_LINES:
        return False
    text = b"".join(lines)
    minted = b"<%s%s" % (patient.encode(), _MINTED_RECORDS)
    return minted not in text and STEM.encode() not in text


def placeholders(number: int, patient: bytes, iris: Iterable[bytes]) -> dict[bytes, bytes]:
    """Return a placeholder for each IRI, in an order that is that of the IRIs.

    Raises:
        ValueError: no placeholder can keep the order of an IRI.
    """
    minted = patient + _MINTED_RECORDS
    name = b"%s%05d" % (STEM.encode(), number)
    new = {patient: name}
    for place, iri in enumerate(sorted(iri for iri in iris if iri != patient)):
        if iri.startswith(minted):
            raise ValueError(f"{iri.decode()} lies where minted records lie")
        # "-" sorts before the "/" that minted IRIs go on with, ":" after it.
        new[iri] = b"%s%s%05d" % (name, b"-" if iri < minted else b":", place)
    return new


def _sha1(iri: bytes) -> bytes:
    return hashlib.sha1(iri, usedforsecurity=False).hexdigest().encode()
