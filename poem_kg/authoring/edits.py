"""Changes of an ontology folder, thought through before the first byte is written."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from poem_kg.errors import InputError, KnowledgeError
from poem_kg.knowledge import module_files, parse_module, read_catalog
from poem_kg.namespaces import DCTERMS, MODULE, OWL, POEMKG, RDF, SOURCE
from poem_kg.resources import own_ontology
from poem_kg.serialise import refuse_changed, write_all, write_atomically
from poem_kg.turtle import write_turtle

_IMPORTS: Final = ox.NamedNode(OWL + "imports")
_TYPE: Final = ox.NamedNode(RDF + "type")
_ONTOLOGY: Final = ox.NamedNode(OWL + "Ontology")
_SOURCE: Final = ox.NamedNode(POEMKG + "source")
_ROOT: Final = ox.NamedNode(POEMKG)
_ENTRY: Final = '    <uri id="poem-kg" name="{iri}" uri="{uri}"/>\n'
_END: Final = "</catalog>"


class Edits:
    """What an ontology folder would hold after some changes.

    Args:
        root: the folder with `poem-kg.ttl` and `catalog-v001.xml`.

    Raises:
        KnowledgeError: the ontology is broken before any change.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._before: dict[Path, bytes | None] = {}
        self._after: dict[Path, bytes] = {}
        self.files = tuple(path.resolve() for path in module_files(self.root))
        self._graphs = {path: parse_module(path) for path in self.files}

    @property
    def triples(self) -> tuple[ox.Triple, ...]:
        """The triples of the ontology with the changes so far."""
        return tuple(dict.fromkeys(t for graph in self._graphs.values() for t in graph))

    @property
    def changed(self) -> tuple[Path, ...]:
        """The files that would be written, in that order."""
        return tuple(self._after)

    def text(self, path: Path) -> str:
        """Return what a file would hold."""
        return self._after[path].decode()

    def home(self, source: str) -> Path | None:
        """Return the file that holds the statements of a source, or would by its name.

        Args:
            source: the IRI of the source.

        Returns:
            The file, or None where there is none yet.
        """
        wanted = ox.NamedNode(source)
        holding = [
            (sum(t.predicate == _SOURCE and t.object == wanted for t in graph), path)
            for path, graph in self._graphs.items()
        ]
        number, path = max(holding, key=lambda pair: (pair[0], str(pair[1])))
        if number:
            return path
        named = self.root / "guidelines" / f"{file_stem(source)}.ttl"
        return named if named in self._graphs else None

    def declaring(self, term: str) -> Path:
        """Return the file that declares a term."""
        node = ox.NamedNode(term)
        for path, graph in self._graphs.items():
            if any(t.subject == node and t.predicate == _TYPE for t in graph):
                return path
        raise KnowledgeError(f"<{term}> is declared nowhere; declare it")

    def module(self, path: Path) -> ox.NamedNode:
        """Return the IRI of the module that a file is."""
        for triple in self._graphs[path]:
            if triple.predicate == _TYPE and triple.object == _ONTOLOGY:
                assert isinstance(triple.subject, ox.NamedNode)
                return triple.subject
        raise KnowledgeError(f"{path}: has no owl:Ontology; add the header of the module")

    def add(self, path: Path, triples: Iterable[ox.Triple]) -> None:
        """Add triples to a file, with an import of every module whose terms they name.

        Raises:
            InputError: the file is not in its canonical form, so writing it could lose notes.
        """
        new = tuple(triples)
        self._keep(path)
        declared: dict[object, Path] = {
            t.subject: other
            for other, graph in self._graphs.items()
            for t in graph
            if t.predicate == _TYPE and isinstance(t.subject, ox.NamedNode)
        }
        module = self.module(path)
        needed = {self.module(declared[t.object]) for t in new if t.object in declared}
        imports = [ox.Triple(module, _IMPORTS, m) for m in needed - {module}]
        self._set(path, (*self._graphs[path], *imports, *new))

    def add_module(self, source: str, *, title: str, description: str) -> Path:
        """Add an empty file for the statements of a source, and return its path.

        The catalogue tells where it is, and the root imports it.

        Args:
            source: the IRI of the source.
            title: the title of the module.
            description: what it holds, one sentence.

        Raises:
            InputError: there is such a file, or the catalogue or the root cannot be extended.
        """
        stem = file_stem(source)
        path = self.root / "guidelines" / f"{stem}.ttl"
        if path.exists():
            raise InputError(
                str(path), "exists but is not imported", "import it in poem-kg.ttl, or rename it"
            )
        module = ox.NamedNode(f"{MODULE}guideline-{stem}")
        rootfile = self.root / "poem-kg.ttl"
        header = self._graphs[rootfile]
        version = _version(header, rootfile)
        licence = [t.object for t in header if t.predicate.value == DCTERMS + "license"]
        versioned = ox.NamedNode(f"{POEMKG}{version}/module/guideline-{stem}")
        self._keep_new(path)
        self._set(
            path,
            (
                ox.Triple(module, _TYPE, _ONTOLOGY),
                _text(module, "title", title),
                _text(module, "description", description),
                *(ox.Triple(module, ox.NamedNode(DCTERMS + "license"), o) for o in licence),
                *(
                    ox.Triple(module, _IMPORTS, ox.NamedNode(MODULE + name))
                    for name in ("external", "schema", "sources")
                ),
                ox.Triple(module, ox.NamedNode(OWL + "versionIRI"), versioned),
            ),
        )
        self._list(path, (module.value, versioned.value))
        self._keep(rootfile)
        self._set(rootfile, (*header, ox.Triple(_ROOT, _IMPORTS, module)))
        return path

    def copy_to(self, folder: Path) -> Path:
        """Write the ontology with the changes below another folder and return where.

        Raises:
            InputError: a file cannot be read, or it cannot be written there.
        """
        trial = folder / "ontology"
        try:
            # An editor locks a file with a link that leads nowhere.
            shutil.copytree(self.root, trial, ignore_dangling_symlinks=True)
        except (shutil.Error, OSError) as error:
            cause = f"cannot be copied to be checked ({_first_of(error)})"
            raise InputError(
                str(self.root), cause, "see to it that all of it can be read"
            ) from None
        for path, data in self._after.items():
            target = trial / path.relative_to(self.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(target, data)
        return trial

    def write(self, others: dict[Path, bytes]) -> tuple[Path, ...]:
        """Write the changes, and other new files before them, and return what was written.

        Every file is written whole. When one cannot be written, those before it are put back.

        Args:
            others: files that must not be there yet.

        Raises:
            InputError: a file was changed by somebody else meanwhile, exists, or cannot be
                written; nothing has changed then.
        """
        for path in others:
            self._keep_new(path)
        refuse_changed(self._before)
        files = {**others, **self._after}
        for path in files:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                cause = f"cannot be made ({error.strerror})"
                raise InputError(str(error.filename), cause, "choose another place") from None
        write_all(files)
        return tuple(files)

    def _set(self, path: Path, triples: tuple[ox.Triple, ...]) -> None:
        self._graphs[path] = tuple(dict.fromkeys(triples))
        self._after[path] = write_turtle(self._graphs[path]).encode()

    def _keep(self, path: Path) -> None:
        """Note what a file holds, and refuse one that would lose something by being written."""
        if path in self._before:
            return
        data = path.read_bytes()
        if data != write_turtle(self._graphs[path]).encode():
            raise InputError(
                str(path),
                "is not in its canonical form, so that writing it could lose your notes",
                "run poem-kg format on it first",
            )
        self._before[path] = data

    def _keep_new(self, path: Path) -> None:
        if path.exists():
            raise InputError(str(path), "exists already", "move it away, or choose another name")
        self._before[path] = None

    def _list(self, path: Path, iris: Iterable[str]) -> None:
        catalog = self.root / "catalog-v001.xml"
        known = read_catalog(self.root)
        data = catalog.read_bytes()
        self._before[catalog] = data
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError(
                f"{catalog}:{line}", "is not in UTF-8", "save the catalogue as UTF-8"
            ) from None
        if text.count(_END) != 1:
            raise InputError(str(catalog), f"has no single {_END}", "restore the catalogue")
        uri = path.relative_to(self.root).as_posix()
        lines = "".join(_ENTRY.format(iri=iri, uri=uri) for iri in iris if iri not in known)
        self._after[catalog] = text.replace(_END, lines + _END).encode()


def file_stem(source: str) -> str:
    """Return the name of the file for a source: its citation key, the year set apart."""
    key = source.removeprefix(SOURCE)
    head, year = key[:-4], key[-4:]
    apart = year.isdigit() and head and not head.endswith("-")
    return f"{head}-{year}" if apart else key


def writable_root(folder: Path | None) -> Path:
    """Return the ontology folder that an author may change.

    Args:
        folder: the one that was named; None: that of the checkout.

    Raises:
        InputError: none was named and this is an installed package, or the command runs in another
            checkout; or it is no ontology.
    """
    root = folder if folder is not None else own_ontology("poem-kg new", "--ontology")
    if folder is None and root.parent.name == "data":
        raise InputError(
            "--ontology", "is missing, and this is no checkout", "name the folder of your ontology"
        )
    if not (root / "poem-kg.ttl").is_file():
        raise InputError(
            str(root), "has no poem-kg.ttl", "name the folder of the ontology with --ontology"
        )
    return root


def _version(header: Iterable[ox.Triple], rootfile: Path) -> str:
    """The version of the root, which stands in the version IRI of a module."""
    for triple in header:
        if triple.predicate.value == OWL + "versionInfo" and isinstance(triple.object, ox.Literal):
            if not re.fullmatch(r"[A-Za-z0-9._+-]+", triple.object.value):
                told = f"“{triple.object.value}” as owl:versionInfo can stand in no IRI"
                raise KnowledgeError(f"{rootfile}: {told}; write a version such as 1.0.0")
            return triple.object.value
    raise KnowledgeError(f"{rootfile}: has no owl:versionInfo; add it")


def _first_of(error: OSError) -> str:
    """What went wrong with the first of the files of a copy."""
    if not isinstance(error, shutil.Error):
        return f"{error.filename}: {error.strerror}"
    path, _target, reason = error.args[0][0]
    return f"{path}: {reason}"


def _text(subject: ox.NamedNode, name: str, text: str) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(DCTERMS + name), ox.Literal(text, language="en"))
