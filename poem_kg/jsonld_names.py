"""The names that a JSON-LD context of the package gives: what an IRI is written as under it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from poem_kg.errors import InputError, KnowledgeError
from poem_kg.resources import context_document

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_LOCAL_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")


@dataclass(frozen=True)
class Name:
    """A term of a context.

    Attributes:
        name: what is written.
        iri: the property that it stands for.
        type: the datatype of its values, "@id", "@vocab" or "".
        language: the language of its values, or "".
        reverse: whether it stands for the property in the other direction.
    """

    name: str
    iri: str
    type: str
    language: str
    reverse: bool


@dataclass(frozen=True)
class Names:
    """What a context defines, ready for looking up.

    Attributes:
        vocabulary: the namespace of names that are not defined.
        prefixes: prefix to namespace.
        terms: every name that is defined, keywords among them.
        forward: property to its name.
        reverse: name to the reversed property.
    """

    vocabulary: str
    prefixes: Mapping[str, str]
    terms: frozenset[str]
    forward: Mapping[str, Name]
    reverse: Mapping[str, str]

    def compact(self, iri: str) -> str:
        """Return the IRI as it is written where only full and prefixed IRIs may stand.

        Raises:
            InputError: it would read back as another.
        """
        for prefix, namespace in self.prefixes.items():
            local = iri.removeprefix(namespace)
            if local != iri and not local.startswith("//"):
                return f"{prefix}:{local}"
        match = _SCHEME.match(iri)
        if match and match[1] in self.terms:
            cause = f"the IRI begins with {match[1]}:, which is a short name of the JSON-LD context"
            raise InputError(f"<{iri}>", cause, "give the node another IRI, or ask for Turtle")
        return iri

    def word(self, iri: str) -> str:
        """Return the IRI as it is written where a name of the vocabulary may stand as well.

        Raises:
            InputError: it would read back as another.
        """
        local = iri.removeprefix(self.vocabulary)
        if local != iri and local not in self.terms and _LOCAL_NAME.match(local):
            return local
        return self.compact(iri)


def definitions(context: str) -> dict[str, Any]:
    """Return what a context of the package defines.

    Raises:
        KnowledgeError: the package has no context of that IRI.
    """
    document = context_document(context)
    if document is None:
        raise KnowledgeError(f"{context} is no context of the package; name one that is")
    found: dict[str, Any] = document["@context"]
    return found


def names_of(defined: Mapping[str, Any]) -> Names:
    """Return what a context defines, ready for looking up.

    Args:
        defined: an `@context` with a vocabulary, prefixes, and terms that are objects.
    """
    prefixes = {
        name: value
        for name, value in defined.items()
        if isinstance(value, str) and not name.startswith("@") and not value.startswith("@")
    }
    vocabulary = defined["@vocab"]

    def full(name: str) -> str:
        if name.startswith("@"):
            return name
        prefix, colon, local = name.partition(":")
        return prefixes[prefix] + local if colon else vocabulary + name

    terms = [
        Name(
            name=name,
            iri=full(value.get("@reverse") or value.get("@id") or name),
            type=full(value["@type"]) if "@type" in value else "",
            language=value.get("@language", ""),
            reverse="@reverse" in value,
        )
        for name, value in defined.items()
        if isinstance(value, dict)
    ]
    return Names(
        vocabulary=vocabulary,
        prefixes=prefixes,
        terms=frozenset(defined),
        forward={term.iri: term for term in terms if not term.reverse},
        reverse={term.name: term.iri for term in terms if term.reverse},
    )
