"""What findings are about, in words: findings that say the same are told once, with each place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import one_line, shorten
from poem_kg.index import Index
from poem_kg.knowledge import Knowledge
from poem_kg.model import Finding
from poem_kg.namespaces import BASE, POEMKG, RDF, compact

_CONCEPT: Final = POEMKG + "concept"
_TYPE: Final = RDF + "type"
_LONGEST: Final = 500


@dataclass(frozen=True)
class ToldFindings:
    """Findings that differ only in what they are about.

    Attributes:
        severity: Violation, Warning or Info.
        message: what is wrong and what to do.
        rule: the shape that says so, as a compact name.
        places: one line or more for each node that is meant: where, by which property, which value.
    """

    severity: str
    message: str
    rule: str
    places: tuple[str, ...]


class Places:
    """Says in words which node, property and value a finding is about.

    Args:
        knowledge: has the labels of terms.
        triples: the patient, whose records are called by their concepts.
    """

    def __init__(self, knowledge: Knowledge, triples: Iterable[ox.Triple]) -> None:
        self._knowledge = knowledge
        self._index = Index(triples)

    def told(self, findings: Iterable[Finding]) -> tuple[ToldFindings, ...]:
        """Return findings in their order, those that say the same under the first of them."""
        alike: dict[tuple[str, str, str], list[Finding]] = {}
        for finding in findings:
            key = (finding.severity, finding.message, finding.shape)
            alike.setdefault(key, []).append(finding)
        return tuple(
            ToldFindings(
                severity=severity,
                message=one_line(message),
                rule=compact(shape),
                places=self._places(found),
            )
            for (severity, message, shape), found in alike.items()
        )

    def of(self, finding: Finding) -> str:
        """Return one line that names the place of one finding."""
        return " ".join(self._places([finding]))

    def name(self, text: str) -> str:
        """Return a node or value as it is written, with what it is called where that is known.

        A term is called by its label, a record by that of its concept, another node by its class.
        """
        called = self._called(text)
        return self._written(text) + (f" ({called})" if called else "")

    def called(self, text: str) -> str:
        """Return what a node is called, or how it is written where it has no name."""
        return self._called(text) or self._written(text)

    def _places(self, findings: Iterable[Finding]) -> tuple[str, ...]:
        values: dict[tuple[str, str | None], list[str]] = {}
        for finding in findings:
            here = values.setdefault((finding.focus, finding.path), [])
            # A shape on a node gives the node itself as the value, and a property that does not
            # exist is path and value at once.
            if finding.value is not None and finding.value not in (finding.focus, finding.path):
                here.append(self.name(finding.value) if finding.value else '""')
        lines: list[str] = []
        for (focus, path), found in values.items():
            at = f"At {self.name(focus)}" + (f", {self._written(path)}" if path else "")
            if len(found) > 1:
                lines += [f"{at}:", *(f"  {value}" for value in dict.fromkeys(found))]
            else:
                lines.append(": ".join((at, *found)))
        return tuple(lines)

    def _called(self, text: str) -> str | None:
        concept = self._index.one(text, _CONCEPT) or self._index.one(text, _TYPE)
        return self._label(text if concept is None else concept)

    def _label(self, iri: str) -> str | None:
        """The label of a term of ours, or None."""
        if not iri.startswith(BASE):
            return None
        label = self._knowledge.label(iri)
        return None if label == iri.rstrip("/").rsplit("/", 1)[-1] else one_line(label)

    def _written(self, text: str) -> str:
        return shorten(one_line(compact(text)), _LONGEST)
