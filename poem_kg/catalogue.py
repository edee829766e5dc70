"""The query files: front matter, text and how they run on a store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import KnowledgeError
from poem_kg.namespaces import QUERY

_MARK: Final = "#+ "


@dataclass(frozen=True)
class Query:
    """One query file.

    Attributes:
        name: folder and file without the ending, such as "derive/010-as-of".
        text: the whole file; its front matter is comments, so any engine runs it as it stands.
        front_matter: the keys of the lines that begin with "#+ ".
        path: where the file lies.
    """

    name: str
    text: str
    front_matter: Mapping[str, str]
    path: Path = field(repr=False)

    @property
    def iri(self) -> str:
        """The IRI of the query, as conclusions name it by `poemkg:derivedBy`."""
        return QUERY + self.name.replace("/", "-")

    @property
    def digest(self) -> str:
        """The digest of the file, after "sha256:"."""
        return "sha256:" + hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def summary(self) -> str:
        """What the query answers or does, in one sentence."""
        return self.front_matter.get("summary", "")

    def construct(self, store: ox.Store) -> list[ox.Triple]:
        """Return the triples that the query constructs on the store's default graph.

        Raises:
            KnowledgeError: the query is wrong or is no CONSTRUCT.
        """
        try:
            result = store.query(self.text)
        except (SyntaxError, RuntimeError) as error:
            raise KnowledgeError(f"{self.path}: {error}; correct the query") from None
        if not isinstance(result, ox.QueryTriples):
            raise KnowledgeError(f"{self.path}: is no CONSTRUCT; make it one")
        return list(result)


def read_query(path: Path) -> Query:
    """Return the query of a file with its front matter.

    Raises:
        KnowledgeError: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise KnowledgeError(f"{path}: {error.strerror}; restore the file") from None
    front: dict[str, str] = {}
    for line in text.splitlines():
        if not line.startswith(_MARK):
            break
        key, _, value = line.removeprefix(_MARK).partition(":")
        front[key.strip()] = value.strip()
    return Query(name=f"{path.parent.name}/{path.stem}", text=text, front_matter=front, path=path)


def read_queries(folder: Path) -> tuple[Query, ...]:
    """Return the queries of a folder in the order of their names.

    Raises:
        KnowledgeError: the folder holds none.
    """
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise KnowledgeError(f"{folder}: holds no queries; restore the folder")
    return tuple(read_query(path) for path in paths)
