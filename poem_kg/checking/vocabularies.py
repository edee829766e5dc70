"""The pinned terms of the vocabularies that are reused, and namespaces that are nearly one."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Final

from poem_kg.namespaces import BASE, PREFIXES, RDF

_LIST: Final = Path(__file__).with_name("vocabularies.txt")
_NUMBERED: Final = re.compile(re.escape(RDF) + r"_[1-9][0-9]*\Z")
_RETIRED: Final = {
    "http://purl.org/dc/elements/1.1/": PREFIXES["dcterms"],
    "http://www.w3.org/2008/05/skos#": PREFIXES["skos"],
    "http://www.w3.org/ns/prov-o#": PREFIXES["prov"],
}
"""Namespaces that were, or seem to be, and what is written in their place."""


@lru_cache(maxsize=1)
def vocabularies() -> dict[str, frozenset[str]]:
    """Return namespace to the local names of all its terms."""
    terms: dict[str, set[str]] = {}
    namespace = ""
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.startswith(" "):
            terms[namespace].update(line.split())
        else:
            namespace = line
            terms[namespace] = set()
    return {name: frozenset(locals_) for name, locals_ in terms.items()}


def split(iri: str) -> tuple[str, str]:
    """Return namespace and local name: what ends in the last `#` or `/`, and the rest."""
    cut = max(iri.rfind("#"), iri.rfind("/")) + 1
    return iri[:cut], iri[cut:]


def is_unknown(iri: str) -> bool:
    """Tell whether a term lies in a pinned namespace but is none of its terms."""
    namespace, local = split(iri)
    known = vocabularies().get(namespace)
    return known is not None and bool(local) and local not in known and not _NUMBERED.match(iri)


def meant_term(iri: str) -> str | None:
    """Return the term of the same vocabulary that is written most like this one, or None."""
    namespace, local = split(iri)
    near = nearest(local, vocabularies().get(namespace, frozenset()))
    return None if near is None else namespace + near


def nearest(name: str, names: frozenset[str] | set[str]) -> str | None:
    """Return the name that is written most like another, or None where none is close."""
    same = sorted(n for n in names if n.lower() == name.lower())
    if same:
        return same[0]
    close = get_close_matches(name, sorted(names), n=1, cutoff=0.75)
    return close[0] if close else None


@lru_cache(maxsize=4096)
def meant_namespace(namespace: str) -> str | None:
    """Return the customary namespace that one is a misspelling of, or None.

    Another scheme (http or https), another last character (`#` or `/`), a retired name and a
    slip of the keys are misspellings; a namespace of its own is none.
    """
    known = (set(PREFIXES.values()) | set(vocabularies())) - {BASE}
    if namespace in known or not namespace:
        return None
    if namespace in _RETIRED:
        return _RETIRED[namespace]
    bare = _bare(namespace)
    for other in sorted(known):
        if _bare(other) == bare:
            return other
    if namespace.startswith(BASE):
        return None
    close = get_close_matches(namespace, sorted(known), n=1, cutoff=0.94)
    return close[0] if close else None


def _bare(namespace: str) -> str:
    return re.sub(r"\Ahttps?://(?:www\.)?", "", namespace.rstrip("#/")).lower()
