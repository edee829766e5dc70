"""What a new statement is called, and for which passage it stands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from poem_kg.authoring.terms import Terms, source_key
from poem_kg.errors import InputError
from poem_kg.namespaces import POEMKG, RDF, RDFS, STATEMENT, compact

_NAME: Final = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*\Z")
_NUMBERED: Final = re.compile(r"(.*?)([0-9]+)[a-z]?\Z")


def next_name(source: str, terms: Terms) -> str:
    """Return the citation key with the number after the highest that the source has so far."""
    key = source_key(source)
    highest: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 1))
    statements = terms.index.having(POEMKG + "source", source)
    for iri in statements:
        local = iri.removeprefix(STATEMENT).removeprefix(key + "-")
        found = _NUMBERED.match(local)
        if found and iri.startswith(STATEMENT):
            number, width = int(found[2]), len(found[2])
            highest[found[1]] = max(highest[found[1]], (number, width))
    if not highest:
        return f"{key}-1"
    prefix, (number, width) = max(highest.items(), key=lambda item: (item[1], item[0]))
    return f"{key}-{prefix}{number + 1:0{width}d}"


def statement_iri(name: str | None, source: str, terms: Terms) -> str:
    """Return the IRI of a new statement.

    Args:
        name: its last part, with or without the citation key; None: the next number.
        source: the IRI of the source.
        terms: the ontology.

    Raises:
        InputError: it is no name, or there is a statement of that name, in whatever letters.
    """
    key = source_key(source)
    local = next_name(source, terms) if name is None else name.strip().removeprefix("stmt:")
    if name is not None and not local.startswith(key):
        local = f"{key}-{local}"
    if not _NAME.match(local):
        raise InputError(
            f"--id {name}", "is no name", "write letters and digits, with - . or _ between them"
        )
    iri = STATEMENT + local
    if iri in terms.subjects:
        free = next_name(source, terms)
        raise InputError(
            f"--id {local}", f"there is a statement of this name ({terms.label(iri)})",
            f"choose another, such as {free}; an IRI never changes its meaning",
        )  # fmt: skip
    alike = [s for s in terms.subjects if s.casefold() == iri.casefold()]
    if alike:
        raise InputError(
            f"--id {local}", f"differs from {compact(min(alike))} in capital letters only",
            "choose another; on some disks their files would be the same",
        )  # fmt: skip
    return iri


def passage_iri(text: str, source: str, terms: Terms) -> str:
    """Return the passage of a source that a number or a name stands for.

    Raises:
        InputError: the source has no such passage, or it is left out with a reason.
    """
    where = f"--passage {text}"
    index = terms.index
    of_source = set(index.having(POEMKG + "ofSource", source))
    passages = of_source.intersection(index.having(RDF + "type", POEMKG + "Passage"))
    numbered = {n: p for p in passages for n in index.all(p, POEMKG + "ordinal")}
    iri = numbered.get(text.strip()) or next(
        (p for p in passages if text.strip() in (p, compact(p), p.rsplit("/", 1)[-1])), ""
    )
    if not iri:
        raise InputError(
            where,
            f"is none of the {len(passages)} passages of {compact(source)}",
            "see poem-kg trace for their numbers, or leave it out",
        )
    reason = index.one(iri, POEMKG + "notModelledBecause")
    if reason:
        raise InputError(
            where, f"is left out so far: {reason}", "delete its poemkg:notModelledBecause first"
        )
    return iri


def refuse_taken_label(labels: Iterable[str], terms: Terms) -> None:
    """Refuse a label that a statement has already.

    Raises:
        InputError: one has it.
    """
    for label in labels:
        for other in terms.index.having(RDFS + "label", label.strip()):
            if other.startswith(STATEMENT):
                raise InputError(
                    "--label", f"is the label of {compact(other)}", "say what sets this one apart"
                )
