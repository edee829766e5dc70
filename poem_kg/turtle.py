"""Canonical Turtle: one block a term, header first, the same bytes for the same graph.

The layout follows what the gist ontology made customary: prefixes in alphabetical order, the
ontology header first, then one block a subject, one predicate a line and a lone closing dot, so
that a diff shows what changed and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from poem_kg.namespaces import PREFIXES, RDF, XSD

Subject = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal

_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*\Z")
_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
_DECIMAL = re.compile(r"[+-]?[0-9]*\.[0-9]+\Z")
_RISKY_QUOTE = re.compile(r'"(?="|\Z)')
# No \t, \r or \n: the OWL API reads these as t, r and n, so Protégé would spoil the text.
_ESCAPES = {"\\": "\\\\", '"': '\\"'}
# A control character as it is would make a file that no reader takes: a NUL looks binary.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_FIRST = (
    "rdf:type",
    "rdfs:subClassOf",
    "rdfs:subPropertyOf",
    "rdfs:label",
    "skos:prefLabel",
    "skos:altLabel",
    "skos:definition",
)
_HEADER = ox.NamedNode("http://www.w3.org/2002/07/owl#Ontology")
_TYPE = ox.NamedNode(RDF + "type")
_REST = ox.NamedNode(RDF + "rest")
_HEAD = ox.NamedNode(RDF + "first")
_NIL = ox.NamedNode(RDF + "nil")


def write_turtle(triples: Iterable[ox.Triple], *, prefixes: Mapping[str, str] = PREFIXES) -> str:
    """Return the triples as canonical Turtle.

    Blank nodes that are the object of one triple are written in place; the others get labels
    derived from what is said about them, so equal graphs give equal text.

    Args:
        triples: the graph; named graphs are not written.
        prefixes: prefix to namespace; only those that are used appear.

    Raises:
        ValueError: the graph holds what Turtle 1.1 cannot say: a triple term, or a string with a
            direction.
    """
    return _Writer(relabelled(set(triples)), prefixes).text()


def relabelled(triples: set[ox.Triple]) -> Iterable[ox.Triple]:
    """Return the triples with labels of blank nodes that are the same for equal graphs (RDFC-1.0).

    Args:
        triples: the graph; without blank nodes it is returned as it is.
    """
    if not any(isinstance(t.subject, ox.BlankNode) for t in triples) and not any(
        isinstance(t.object, ox.BlankNode) for t in triples
    ):
        return triples
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [quad.triple for quad in dataset]


def predicate_key(name: str) -> tuple[int, str]:
    """Return what predicates are sorted by in a block: what names the term first, then by name.

    Args:
        name: the predicate with its prefix.
    """
    return (_FIRST.index(name), "") if name in _FIRST else (len(_FIRST), name)


def _quoted(value: str) -> str:
    """A string in quotes; one of several lines keeps its lines."""
    if "\n" not in value:
        kept = "".join(_ESCAPES.get(c, c) for c in value)
        return f'"{_shown(kept)}"'
    kept = _RISKY_QUOTE.sub(r'\\"', value.replace("\\", "\\\\"))
    return f'"""{_shown(kept)}"""'


def _shown(text: str) -> str:
    return _CONTROL.sub(lambda c: f"\\u{ord(c[0]):04X}", text)


class _Writer:
    def __init__(self, triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> None:
        self._about: dict[Subject, dict[ox.NamedNode, list[Term]]] = defaultdict(
            lambda: defaultdict(list)
        )
        self._references: dict[ox.BlankNode, int] = defaultdict(int)
        self._parents: dict[ox.BlankNode, Subject] = {}
        self._namespaces = sorted(prefixes.items(), key=lambda item: -len(item[1]))
        self._used: set[str] = set()
        self._signatures: dict[tuple[ox.BlankNode, int], str] = {}
        for triple in triples:
            subject, value = triple.subject, triple.object
            if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
                raise ValueError("a triple term has no place in RDF 1.1 Turtle")
            self._about[subject][triple.predicate].append(value)
            if isinstance(value, ox.BlankNode):
                self._references[value] += 1
                self._parents[value] = subject
        self._inner = self._written_in_place()
        labels = (self._signature(n)[:16] for n in self._references if n not in self._inner)
        self._labels = Counter(labels)

    def _written_in_place(self) -> set[ox.BlankNode]:
        """Blank nodes with one reference, unless that comes from below them: a ring has no top."""
        once = {node for node, count in self._references.items() if count == 1}
        above: dict[Subject, bool] = {}
        for start in once:
            path: list[Subject] = []
            node: Subject = start
            while isinstance(node, ox.BlankNode) and node in once and node not in above:
                above[node] = False  # what meets itself again is part of a ring
                path.append(node)
                node = self._parents[node]
            # Nodes that hang on a ring have a top: the node of the ring, which has a label.
            ring = path.index(node) if node in path else len(path)
            above.update((n, number < ring) for number, n in enumerate(path))
        return {node for node in once if above[node]}

    def text(self) -> str:
        top = [s for s in self._about if not self._nested(s)]
        top.sort(key=lambda s: (not self._is_header(s), self._sort_key(s)))
        blocks = [self._block(subject) for subject in top]
        header = "".join(
            f"@prefix {prefix}: <{namespace}> .\n"
            for prefix, namespace in sorted((p, n) for n, p in self._prefix_pairs())
        )
        return header + "".join("\n" + block for block in blocks)

    def _prefix_pairs(self) -> list[tuple[str, str]]:
        return [(n, p) for p, n in self._namespaces if p in self._used]

    def _is_header(self, subject: Subject) -> bool:
        return _HEADER in self._about[subject].get(_TYPE, ())

    def _nested(self, subject: Subject) -> bool:
        return isinstance(subject, ox.BlankNode) and subject in self._inner

    def _sort_key(self, term: Term) -> tuple[int, str]:
        if isinstance(term, ox.NamedNode):
            return (0, term.value)
        if isinstance(term, ox.Literal):
            return (1, f"{term.value}\x00{term.language or ''}\x00{term.datatype.value}")
        return (2, self._signature(term) + term.value)

    def _signature(self, node: ox.BlankNode, depth: int = 0) -> str:
        """A hash of what is said about a blank node, so that order does not rest on labels."""
        if (node, depth) in self._signatures:
            return self._signatures[node, depth]
        if depth > 40:
            return ""
        parts = sorted(
            f"{predicate.value} "
            + (self._signature(o, depth + 1) if isinstance(o, ox.BlankNode) else str(o))
            for predicate, objects in self._about.get(node, {}).items()
            for o in objects
        )
        signature = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        self._signatures[node, depth] = signature
        return signature

    def _block(self, subject: Subject) -> str:
        if isinstance(subject, ox.BlankNode):
            name = "[]" if not self._references[subject] else self._label(subject)
        else:
            name = self._iri(subject)
        lines = self._predicates(subject, 1)
        return name + "\n" + "".join(f"\t{line} ;\n" for line in lines) + "\t.\n"

    def _predicates(self, subject: Subject, level: int) -> list[str]:
        pairs = [(self._iri(p), p) for p in self._about[subject]]
        pairs.sort(key=lambda pair: predicate_key(pair[0]))
        lines = []
        for curie, predicate in pairs:
            objects = sorted(self._about[subject][predicate], key=self._sort_key)
            verb = "a" if predicate == _TYPE else curie
            texts = [self._term(o, level) for o in objects]
            if len(texts) == 1:
                lines.append(f"{verb} {texts[0]}")
            else:
                joint = " ,\n" + "\t" * (level + 1)
                lines.append(f"{verb}\n" + "\t" * (level + 1) + joint.join(texts))
        return lines

    def _term(self, term: Term, level: int) -> str:
        if isinstance(term, ox.NamedNode):
            return self._iri(term)
        if isinstance(term, ox.Literal):
            return self._literal(term)
        if not self._nested(term):
            return self._label(term)
        items = self._list_items(term)
        if items is not None:
            pad = "\n" + "\t" * (level + 1)
            inner = "".join(pad + self._term(item, level + 1) for item in items)
            return f"({inner}\n" + "\t" * level + ")"
        lines = self._predicates(term, level + 1)
        inner = "".join("\t" * (level + 1) + f"{line} ;\n" for line in lines)
        return "[\n" + inner + "\t" * level + "]"

    def _list_items(self, node: ox.BlankNode) -> list[Term] | None:
        items: list[Term] = []
        current: Term = node
        while current != _NIL:
            if not isinstance(current, ox.BlankNode) or not self._nested(current):
                return None
            about = self._about.get(current, {})
            if set(about) != {_HEAD, _REST} or len(about[_REST]) != 1:
                return None
            if len(about[_HEAD]) != 1:
                return None
            items.append(about[_HEAD][0])
            current = about[_REST][0]
        return items

    def _label(self, node: ox.BlankNode) -> str:
        """What the node is about, hashed; where another is about the same, its number too."""
        signature = self._signature(node)[:16]
        return "_:b" + signature + (node.value if self._labels[signature] > 1 else "")

    def _iri(self, node: ox.NamedNode) -> str:
        for prefix, namespace in self._namespaces:
            if node.value.startswith(namespace):
                local = node.value[len(namespace) :]
                if _LOCAL.match(local):
                    self._used.add(prefix)
                    return f"{prefix}:{local}"
        return f"<{node.value}>"

    def _literal(self, literal: ox.Literal) -> str:
        datatype = literal.datatype.value
        if datatype == XSD + "boolean" and literal.value in ("true", "false"):
            return literal.value
        if datatype == XSD + "integer" and _INTEGER.match(literal.value):
            return literal.value
        if datatype == XSD + "decimal" and _DECIMAL.match(literal.value):
            return literal.value
        text = _quoted(literal.value)
        if literal.direction is not None:
            raise ValueError("a string with a direction has no place in RDF 1.1 Turtle")
        if literal.language:
            return f"{text}@{literal.language}"
        if datatype == XSD + "string":
            return text
        return f"{text}^^{self._iri(literal.datatype)}"
