"""Whether a page still says what its passages were drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from poem_kg.errors import InputError
from poem_kg.index import Index
from poem_kg.knowledge_base import KnowledgeBase
from poem_kg.namespaces import POEMKG, RDF, compact
from poem_kg.tracing.ordinals import ordinal_of
from poem_kg.tracing.page import digest, sentences

_LARGEST: Final = 5_000_000


@dataclass(frozen=True, kw_only=True)
class Held:
    """A page beside the passages of its source.

    Attributes:
        source: the IRI of the source.
        passages: how many passages it has.
        gone: ordinal, passage and place of those whose words the page does not have.
        new: number and words of the sentences of the page that no passage stands for.
        moved: whether the same sentences stand in another order.
    """

    source: str
    passages: int
    gone: tuple[tuple[int, str, str], ...]
    new: tuple[tuple[int, str], ...]
    moved: bool

    @property
    def same(self) -> bool:
        """Whether the page says what it said."""
        return not (self.gone or self.new or self.moved)


def read_page(path: Path) -> str:
    """Return the text of a page.

    Raises:
        InputError: the file cannot be read, is too large or is no UTF-8.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(str(path), "has more than 5 MB", "save the page as plain text")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(
            str(path), f"cannot be read ({error.strerror})", "name a text file"
        ) from None
    except UnicodeDecodeError:
        raise InputError(str(path), "is no UTF-8 text", "save the page as plain text") from None


def held_against(page: str, kb: KnowledgeBase, *, source: str | None = None) -> Held:
    """Return how a page differs from the passages of its source.

    Args:
        page: the page as plain text, a list item a line.
        kb: the knowledge with the passages.
        source: the citation key or IRI of the source; None where only one has passages.

    Raises:
        InputError: no source has passages, several have and none was named, or not that one.
        KnowledgeError: the place of a passage is no whole number.
    """
    index = Index(kb.knowledge.ontology)
    found = index.having(RDF + "type", POEMKG + "Passage")
    owners = sorted({s for p in found for s in index.all(p, POEMKG + "ofSource")})
    owner = _owner(owners, source)
    passages = sorted(
        (ordinal_of(index, p), p) for p in found if owner in index.all(p, POEMKG + "ofSource")
    )
    texts = sentences(page)
    there = [digest(text) for text in texts]
    known = [index.one(p, POEMKG + "textDigest") or "" for _, p in passages]
    left_there, left_known = _without(there, known), _without(known, there)
    return Held(
        source=owner,
        passages=len(passages),
        gone=tuple(
            (passages[n][0], passages[n][1], index.one(passages[n][1], POEMKG + "locator") or "")
            for n in left_known
        ),
        new=tuple((n + 1, texts[n]) for n in left_there),
        moved=not left_there and not left_known and there != known,
    )


def told(held: Held, name: str) -> str:
    """Return in words how a page differs, one line a difference.

    Args:
        held: what was found.
        name: what to call the page.
    """
    lines = [
        f"{name}: passage {ordinal} is not there as it was ({place}); see {compact(iri)}"
        for ordinal, iri, place in held.gone
    ]
    lines += [
        f"{name}: sentence {number} has no passage ({text[:60]}{'…' if len(text) > 60 else ''}); "
        "model it, or say why not"
        for number, text in held.new
    ]
    if held.moved:
        lines.append(f"{name}: the same sentences stand in another order; see the ordinals")
    if held.same:
        lines.append(f"{name}: says what the {held.passages} passages were drawn from")
    return "".join(f"{line}\n" for line in lines)


def _owner(owners: list[str], wanted: str | None) -> str:
    names = ", ".join(map(compact, owners)) or "none"
    if wanted is not None:
        for owner in owners:
            if wanted in (owner, compact(owner), owner.rsplit("/", 1)[-1]):
                return owner
        raise InputError(f"--source {wanted}", "has no passages", f"those that have: {names}")
    if len(owners) != 1:
        raise InputError("--source", "is missing", f"name the source of the page: {names}")
    return owners[0]


def _without(some: list[str], others: list[str]) -> list[int]:
    """The places of what has no partner among the others; equal sentences count one by one."""
    left = list(others)
    places = []
    for place, digest_ in enumerate(some):
        if digest_ in left:
            left.remove(digest_)
        else:
            places.append(place)
    return places
