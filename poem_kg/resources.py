"""Where the knowledge lies, in a checkout and in an installed package alike."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final, Literal

from poem_kg.errors import InputError, KnowledgeError
from poem_kg.namespaces import BASE

Room = Literal["ontology", "shapes", "queries", "contexts", "examples"]

_CONTEXTS: Final = {
    BASE + "context/advice": "advice.jsonld",
    BASE + "context/advice.jsonld": "advice.jsonld",
    BASE + "context/patient": "patient.jsonld",
    BASE + "context/patient.jsonld": "patient.jsonld",
}


def data_dir(name: Room) -> Path:
    """Return the folder of one kind of knowledge.

    Args:
        name: `ontology`, `shapes`, `queries`, `contexts` or `examples`.

    Raises:
        KnowledgeError: the folder is missing, so the installation is broken.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "data" / name, package.parent / name):
        if folder.is_dir():
            return folder
    raise KnowledgeError(f"the folder {name} is missing from this installation; install it again")


def own_ontology(command: str, example: str) -> Path:
    """Return the ontology that a command works on where none is named: that of the package.

    In another checkout, such as a second clone or worktree, the author means the ontology that
    lies there; the queries and shapes would still be those of the package. So neither is taken.

    Args:
        command: the command, such as "poem-kg check".
        example: how to name a folder to it, such as "--ontology".

    Raises:
        InputError: the command runs in another checkout than this package.
        KnowledgeError: the folder is missing, so the installation is broken.
    """
    own, here = data_dir("ontology"), _ontology_here()
    if here is not None and not here.samefile(own):
        cause = f"names no folder: here is {here}, but this poem-kg comes with {own}"
        advice = f"name the one that you mean, as in: {example} {os.path.relpath(here)}"
        raise InputError(command, cause, advice)
    return own


def _ontology_here() -> Path | None:
    """The ontology of the checkout in which the command runs, or None outside of one."""
    try:
        here = Path.cwd()
    except OSError:
        return None  # the folder was deleted
    for folder in (here, *here.parents):
        if (folder / "ontology" / "poem-kg.ttl").is_file():
            return folder / "ontology"
        if (folder / ".git").exists():
            return None
    return None


def turtle_in(folder: Path) -> tuple[Path, ...]:
    """Return the Turtle files in a folder and in those below it, sorted.

    Hidden files and folders are passed over, and links that lead nowhere: an editor locks a file
    with one that has its name.
    """
    return tuple(
        sorted(
            path
            for path in folder.rglob("*.ttl")
            if path.is_file()
            and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        )
    )


def context_files() -> dict[str, Path]:
    """Return the IRI of every JSON-LD context of ours, and the file that it stands for.

    Raises:
        KnowledgeError: the folder is missing, so the installation is broken.
    """
    folder = data_dir("contexts")
    return {iri: folder / name for iri, name in _CONTEXTS.items()}


def context_document(iri: str) -> dict[str, Any] | None:
    """Return the packaged JSON-LD document that a context IRI stands for, or None.

    The list is closed: an IRI that is not in it is never looked up, in a folder or on the network.

    Args:
        iri: the IRI, compared character by character.

    Raises:
        KnowledgeError: the IRI is ours but its file is missing or is not a JSON object.
    """
    file_name = _CONTEXTS.get(iri)
    if file_name is None:
        return None
    path = data_dir("contexts") / file_name
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KnowledgeError(f"{path}: {error}; install the package again") from None
    if not isinstance(document, dict):
        raise KnowledgeError(f"{path}: is no JSON object; install the package again")
    return document
