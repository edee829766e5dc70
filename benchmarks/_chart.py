"""The lines of one patient in N-Triples, written record by record."""

from __future__ import annotations

from poem_kg.namespaces import POEMKG, RDF, XSD

COHORT = "https://example.org/cohort/"
_RDFS_LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
_TYPE = f"<{RDF}type>"
_DATE = f"^^<{XSD}date>"
_DECIMAL = f"^^<{XSD}decimal>"
_INTEGER = f"^^<{XSD}integer>"


def term(name: str) -> str:
    """Return a term of the ontology as it stands in a line."""
    return f"<{POEMKG}{name}>"


_CONCEPT, _STATUS, _RESULT = term("concept"), term("status"), term("result")
_HAS_RECORD, _DATED, _VALUE = term("hasRecord"), term("date"), term("value")
_PART, _POSITION, _LIMIT = term("partOf"), term("position"), term("upperLimit")
_COUNTED = term("countedBy")
_HAS_SWALLOW, _SWALLOW = term("hasSwallow"), term("Swallow")


def decimal(value: float) -> str:
    """Return a number as a decimal literal with one digit."""
    return f'"{value:.1f}"{_DECIMAL}'


def integer(value: int) -> str:
    """Return a whole number as a literal."""
    return f'"{value}"{_INTEGER}'


def attestation(node: str, kind: str, concept: str, status: str, *, value: int | None) -> list[str]:
    """Return the lines of a record about an operator or a centre."""
    lines = [
        f"<{node}> {_TYPE} {term(kind)} .\n",
        f"<{node}> {_CONCEPT} {term(concept)} .\n",
        f"<{node}> {_STATUS} {term(status)} .\n",
    ]
    if value is not None:
        lines.append(f"<{node}> {_VALUE} {integer(value)} .\n")
    return lines


class Chart:
    """One patient that grows; every record gets the next number as its IRI.

    Attributes:
        iri: of the patient.
        head: the lines about the patient.
        body: the lines about the records and swallows.
        facts: concept, status and result of each record.
        newest: the newest date of a record that is no error, which is the day of the advice.
    """

    def __init__(self, number: int) -> None:
        self.iri = f"{COHORT}P{number:07d}"
        self.head = [f"<{self.iri}> {_TYPE} {term('Patient')} .\n"]
        self.body: list[str] = []
        self.facts: list[tuple[str, str, str]] = []
        self.newest = ""
        self._count = 0

    def say(self, predicate: str, value: str) -> None:
        """State something of the patient: an IRI or a literal as it stands in a line."""
        self.head.append(f"<{self.iri}> {predicate} {value} .\n")

    def label(self, node: str, text: str) -> None:
        """Give a node a label, as exports do."""
        self.body.append(f'{node} {_RDFS_LABEL} "{text}"@en .\n')

    def record(
        self,
        kind: str,
        concept: str,
        status: str = "present",
        *,
        date: str = "",
        result: str = "",
        value: str = "",
        part_of: str = "",
        position: str = "",
        limit: str = "",
        counted_by: str = "",
    ) -> str:
        """Add a record and return its IRI in brackets.

        Args:
            kind: local name of the kind of record.
            concept: local name of what it is about.
            status: local name.
            date: such as "2026-03-02", or "" for none.
            result: local name of a result class, or "".
            value: a literal as it stands in a line, or "".
            part_of: the IRI, in brackets, of the study that it belongs to, or "".
            position: local name, or "".
            limit: the upper limit of the study, a literal, or "".
            counted_by: local name of an edition, or "".
        """
        self._count += 1
        node = f"<{self.iri}/r{self._count:02d}>"
        self.head.append(f"<{self.iri}> {_HAS_RECORD} {node} .\n")
        add = self.body.append
        add(f"{node} {_TYPE} <{POEMKG}{kind}> .\n")
        add(f"{node} {_CONCEPT} <{POEMKG}{concept}> .\n")
        add(f"{node} {_STATUS} <{POEMKG}{status}> .\n")
        if date:
            add(f'{node} {_DATED} "{date}"{_DATE} .\n')
            if date > self.newest and status != "enteredInError":
                self.newest = date
        if result:
            add(f"{node} {_RESULT} <{POEMKG}{result}> .\n")
        if value:
            add(f"{node} {_VALUE} {value} .\n")
        if part_of:
            add(f"{node} {_PART} {part_of} .\n")
        if position:
            add(f"{node} {_POSITION} <{POEMKG}{position}> .\n")
        if limit:
            add(f"{node} {_LIMIT} {limit} .\n")
        if counted_by:
            add(f"{node} {_COUNTED} <{POEMKG}{counted_by}> .\n")
        self.facts.append((concept, status, result))
        return node

    def swallow(self, study: str, number: int, position: str, values: dict[str, float]) -> None:
        """Add a swallow to a study.

        Args:
            study: its IRI in brackets.
            number: of the swallow within the study.
            position: local name.
            values: what was measured, by the property in angle brackets.
        """
        node = f"{study[:-1]}/s{number:02d}>"
        add = self.body.append
        add(f"{study} {_HAS_SWALLOW} {node} .\n")
        add(f"{node} {_TYPE} {_SWALLOW} .\n")
        add(f"{node} {_POSITION} <{POEMKG}{position}> .\n")
        for property_, value in values.items():
            add(f'{node} {property_} "{value:.1f}"{_DECIMAL} .\n')
