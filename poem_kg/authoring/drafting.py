"""A statement as its author words it, and the triples that it stands for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

import pyoxigraph as ox

from poem_kg.authoring.naming import passage_iri, refuse_taken_label, statement_iri
from poem_kg.authoring.terms import TEXTS, Property, Terms, camel, source_key
from poem_kg.errors import InputError, shorten
from poem_kg.namespaces import OWL, POEMKG, RDF, XSD, compact

DEFAULTS: Final[dict[str, str]] = {
    "certainty": "certaintyNotGraded",
    "review": "pendingHumanReview",
    "strength": "strengthNotGraded",
    "verified": "unverifiedSource",
}
"""What is said where the author says nothing: the least that can be claimed."""

NOT_READ: Final = "Nobody has said yet what of the source was read."
"""The verification note of a statement whose author says nothing about that."""

_WANTED: Final[dict[str, str]] = {
    "label": "give it a name of a few words",
    "definition": "say in one sentence of your own what the source says",
    "locator": "say where the source says so, so that it can be found again",
}
_DIGITS: Final = 18
"""The most digits before the point of a number, and after it, that every engine can compare."""
_NEUTRAL: Final = POEMKG + "directionNeutral"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A statement to be written.

    Attributes:
        kind: the kind of statement, as people call it, such as "recommendation".
        source: the source, such as its citation key.
        name: the last part of the IRI with or without the citation key; None: the next number.
        said: property (as an option or a local name writes it) to what is said, in any number.
        passages: the sentences of the source that it stands for, by number or name.
    """

    kind: str
    source: str
    name: str | None = None
    passages: tuple[str, ...] = ()
    said: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement that is ready to be written.

    Attributes:
        iri: its IRI.
        kind: the IRI of its kind.
        source: the IRI of its source.
        triples: all that is said about it.
        passages: the IRIs of the passages that it stands for.
        supposed: options that were not given, with what was written for them.
    """

    iri: str
    kind: str
    source: str
    triples: tuple[ox.Triple, ...]
    passages: tuple[str, ...]
    supposed: tuple[tuple[str, str], ...]


def make_statement(draft: Draft, terms: Terms) -> Statement:
    """Return the statement that a draft stands for.

    Args:
        draft: what the author said.
        terms: the ontology.

    Raises:
        InputError: a term is unknown (with the nearest ones), a number or a text cannot be used,
            the IRI exists, or a property does not belong to that kind of statement.
    """
    kind = terms.find(draft.kind, terms.kinds, where="--kind")
    source = terms.find(draft.source, terms.sources, where="--source")
    iri = statement_iri(draft.name, source, terms)
    known = {p.name: p for p in terms.properties(kind)}
    said: dict[str, tuple[str, ...]] = {}
    for name, texts in draft.said.items():
        # Two spellings can mean one property: what both say is said.
        known_as = _property_name(name, known, terms, kind)
        said[known_as] = (*said.get(known_as, ()), *texts)
    supposed = {n: POEMKG + v for n, v in DEFAULTS.items() if not said.get(n)}
    if not said.get("direction") and _always_neutral(kind, terms):
        supposed["direction"] = _NEUTRAL
    refuse_taken_label(said.get("label", ()), terms)
    subject = ox.NamedNode(iri)
    triples = [
        ox.Triple(subject, ox.NamedNode(RDF + "type"), ox.NamedNode(OWL + "NamedIndividual")),
        ox.Triple(subject, ox.NamedNode(RDF + "type"), ox.NamedNode(kind)),
        ox.Triple(subject, ox.NamedNode(POEMKG + "source"), ox.NamedNode(source)),
    ]
    for name, term in sorted(supposed.items()):
        triples.append(ox.Triple(subject, ox.NamedNode(POEMKG + name), ox.NamedNode(term)))
    if "verified" in supposed and not said.get("verificationNote"):
        said["verificationNote"] = (NOT_READ,)
    for name, texts in sorted(said.items()):
        for text in texts:
            value = read_value(known[name], text, terms)
            triples.append(ox.Triple(subject, ox.NamedNode(known[name].iri), value))
    return Statement(
        iri=iri,
        kind=kind,
        source=source,
        triples=tuple(dict.fromkeys(triples)),
        passages=tuple(passage_iri(text, source, terms) for text in draft.passages),
        supposed=tuple((name, compact(value)) for name, value in sorted(supposed.items())),
    )


def read_value(prop: Property, text: str, terms: Terms) -> ox.NamedNode | ox.Literal:
    """Return what a text stands for as a value of a property.

    Raises:
        InputError: no such term, no such number, or no text.
    """
    where = f"--{prop.option}"
    if prop.datatype is None:
        return ox.NamedNode(_term(prop, text, terms, where))
    text = clean(text, where=where)
    if prop.name in TEXTS:
        return ox.Literal(text, language="en")
    if prop.datatype in (XSD + "decimal", XSD + "integer"):
        return _number(text, prop.datatype, where)
    if prop.datatype == XSD + "boolean":
        if text not in ("true", "false"):
            raise InputError(where, f"“{text}” is neither true nor false", "write true or false")
        return ox.Literal(text, datatype=ox.NamedNode(prop.datatype))
    return ox.Literal(text)


def clean(text: str, *, where: str) -> str:
    """Return a text without space around it; one line that can be read.

    Raises:
        InputError: nothing is left, or there are characters that nobody can see.
    """
    text = unicodedata.normalize("NFC", text.strip())
    if not text:
        raise InputError(where, "is empty", "write what the source says, in your own words")
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in text):
        raise InputError(
            where, "holds a line break or a character that cannot be seen", "write it on one line"
        )
    return text


def _property_name(name: str, known: Iterable[str], terms: Terms, kind: str) -> str:
    local = camel(name)
    if local in known:
        return local
    where = f"--{name.removeprefix('--')}"
    # The error names what is near; a property of other kinds is told as such.
    if POEMKG + local in terms.subjects:
        raise InputError(
            where,
            f"is nothing that a statement of the kind {compact(kind)} says",
            "leave it out, or choose another --kind",
        )
    by_iri = {(POEMKG + n if n not in TEXTS else TEXTS[n]): n for n in known}
    return by_iri[terms.find(local, by_iri, where=where)]


def _term(prop: Property, text: str, terms: Terms, where: str) -> str:
    try:
        return terms.find(text, prop.values, where=where)
    except InputError:
        try:
            other = terms.find(text, terms.subjects, where=where)
        except InputError:
            other = ""
        if not other:
            raise
        if prop.values and other not in terms.named:
            cause = f"{compact(other)} is declared, but not as an individual"
            raise InputError(
                where, cause, "add owl:NamedIndividual to its types, or name another term"
            ) from None
        near = ", ".join(map(compact, prop.values[:6])) or "nothing so far"
        raise InputError(
            where,
            f"{compact(other)} ({terms.label(other)}) is no value of {prop.name}",
            f"name one such as {near}",
        ) from None


def _number(text: str, datatype: str, where: str) -> ox.Literal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InputError(where, f"“{text}” is no number", "write it with a point, such as 12.5")
    # A few letters, such as 1e999999, stand for more digits than any file should hold.
    _sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if exponent < -_DIGITS or len(digits) + exponent > _DIGITS:
        cause = f"“{shorten(text, 40)}” has more digits than can be compared"
        raise InputError(where, cause, f"write at most {_DIGITS} before and after the point")
    whole = number == number.to_integral_value()
    if datatype == XSD + "integer":
        if not whole:
            raise InputError(where, f"“{text}” is no whole number", "write it without a fraction")
        return ox.Literal(str(int(number)), datatype=ox.NamedNode(datatype))
    plain = format(number, "f")
    return ox.Literal(
        plain if "." in plain else f"{plain}.0", datatype=ox.NamedNode(XSD + "decimal")
    )


def _always_neutral(kind: str, terms: Terms) -> bool:
    """Whether no existing statement of the kind speaks for or against anything."""
    said = {
        value
        for statement in terms.index.having(RDF + "type", kind)
        for value in terms.index.all(statement, POEMKG + "direction")
    }
    return said <= {_NEUTRAL}


def draft_of(
    *,
    kind: str | None,
    source: str | None,
    name: str | None,
    said: Mapping[str, tuple[str, ...]],
    others: Iterable[str],
    terms: Terms,
    passages: Iterable[str] = (),
) -> Draft:
    """Return the draft that the options of a call stand for.

    Args:
        kind: the kind of statement.
        source: its source.
        name: the last part of its IRI.
        said: property to what is said.
        others: more of that, each as NAME=VALUE.
        terms: the ontology.
        passages: the sentences of the source that it stands for, by number or name.

    Raises:
        InputError: the kind or the source is missing, or one of the others is no NAME=VALUE.
    """
    if kind is None:
        names = ", ".join(terms.code(k) for k in terms.kinds)
        raise InputError("--kind", "is missing", f"choose one of {names}")
    if source is None:
        names = ", ".join(map(source_key, terms.sources))
        raise InputError("--source", "is missing", f"choose one of {names}")
    terms.find(kind, terms.kinds, where="--kind")
    terms.find(source, terms.sources, where="--source")
    whole = {camel(n): texts for n, texts in said.items()}
    for other in others:
        key, equals, value = other.partition("=")
        if not equals or not key.strip():
            raise InputError(f"--set {other}", "is no NAME=VALUE", "write it as --set line=2")
        whole[camel(key)] = (*whole.get(camel(key), ()), value)
    for wanted in ("label", "definition", "locator"):
        if not whole.get(wanted):
            raise InputError(f"--{wanted}", "is missing", _WANTED[wanted])
    return Draft(kind=kind, source=source, name=name, said=whole, passages=tuple(passages))
