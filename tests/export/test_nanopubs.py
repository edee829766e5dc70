"""Nanopublications: one for each statement, sound by the library, and the same when read back."""

from __future__ import annotations

import base64
import os
import random
import re
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from Crypto.PublicKey import RSA

from poem_kg import __version__
from poem_kg.errors import InputError
from poem_kg.export import nanopubs as nanopubs_module
from poem_kg.export.files import export_files
from poem_kg.export.nanopub_library import (
    NP,
    NPX,
    Signer,
    problem_of,
    read_signer,
    with_trusty_uri,
)
from poem_kg.export.nanopub_reading import Nanopublication, read_nanopubs
from poem_kg.export.nanopubs import NANOPUB, nanopub_file, nanopubs
from poem_kg.namespaces import (
    CRITERION,
    DCTERMS,
    POEMKG,
    PREFIXES,
    PROV,
    SKOS,
    SOURCE,
    STATEMENT,
)
from tests.cli.here import command
from tests.export.files import knowledge_base

AGENT = "https://orcid.org/0000-0000-0000-0000"
FUZZ = int(os.environ.get("POEM_KG_FUZZ", "80"))
SEED = int(os.environ.get("POEM_KG_FUZZ_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
Quads = tuple[ox.Quad, ...]


@cache
def unsigned() -> bytes:
    return nanopub_file(knowledge_base().knowledge)


@cache
def private_key() -> RSA.RsaKey:
    return RSA.generate(2048)


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    path = tmp_path / "key.pem"
    path.write_bytes(private_key().export_key("PEM"))
    return read_signer(str(path), AGENT)


@cache
def published() -> tuple[Nanopublication, ...]:
    return read_nanopubs(unsigned(), name="nanopubs.trig")


def first(signer: Signer | None = None) -> Quads:
    return next(nanopubs(knowledge_base().knowledge, signer))[1]


def as_trig(quads: Quads) -> bytes:
    return ox.serialize(quads, format=ox.RdfFormat.TRIG) or b""


def iri_of(quads: Iterable[ox.Quad]) -> str:
    (iri,) = {q.subject.value for q in quads if q.object == ox.NamedNode(NP + "Nanopublication")
              and isinstance(q.subject, ox.NamedNode)}  # fmt: skip
    return iri


def problem(
    quads: Iterable[ox.Quad], *, signed: bool = False, iri: str | None = None
) -> str | None:
    return problem_of(iri or iri_of(quads), quads, signed=signed)


def subjects(triples: tuple[ox.Triple, ...], space: str) -> set[str]:
    return {
        t.subject.value
        for t in triples
        if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(space)
    }


def values(triples: tuple[ox.Triple, ...], subject: str, predicate: str) -> list[str]:
    return sorted(
        t.object.value
        for t in triples
        if t.subject == ox.NamedNode(subject)
        and t.predicate.value == predicate
        and isinstance(t.object, ox.NamedNode | ox.Literal)
    )


def in_ontology(*spaces: str) -> set[ox.Triple]:
    return {
        t
        for t in knowledge_base().knowledge.ontology
        if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(spaces)
    }


@pytest.mark.parametrize("share", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_every_trusty_uri_is_valid_by_the_library_itself(share: int) -> None:
    """Parsed by rdflib and checked by the library alone, without any code of ours."""
    program = """
import re, sys, warnings
warnings.simplefilter("ignore")
from nanopub import Nanopub
from nanopub.sign_utils import verify_trusty
from rdflib import ConjunctiveGraph, Graph, Namespace
whole = ConjunctiveGraph()
whole.parse(data=sys.stdin.read(), format="nquads")
parts = {}
for s, p, o, c in whole.quads():
    parts.setdefault(str(c.identifier).partition("#")[0], []).append((s, p, o, c.identifier))
for number, (iri, quads) in enumerate(sorted(parts.items())):
    one = ConjunctiveGraph()
    for s, p, o, c in quads:
        one.add((s, p, o, Graph(one.store, c)))
    assert verify_trusty(one, iri, Namespace(iri + "#"))
    if number % 10 == 0:  # the whole check takes long
        made = Nanopub(rdf=one, assertion=Graph(), provenance=Graph(), pubinfo=Graph())
        assert made.source_uri == iri, (made.source_uri, iri)
        assert made.is_valid and made.has_valid_trusty
print(len(parts))
"""
    quads = tuple(ox.parse(unsigned(), format=ox.RdfFormat.TRIG))
    iris = sorted({str(quad.graph_name).partition("#")[0] for quad in quads})
    taken = set(iris[::share])
    some = (quad for quad in quads if str(quad.graph_name).partition("#")[0] in taken)
    lines = ox.serialize(some, format=ox.RdfFormat.N_QUADS)
    done = subprocess.run(
        [sys.executable, "-c", program], input=lines, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert int(done.stdout) == len(taken) > 200 // share
    assert len(iris) == len(subjects(tuple(in_ontology(STATEMENT)), STATEMENT)) > 200


def test_read_back_they_are_the_same_statements() -> None:
    union = {triple for found in published() for triple in found.assertion}

    assert {t for t in union if str(t.subject).startswith(f"<{STATEMENT}")} == in_ontology(
        STATEMENT
    )
    assert union <= in_ontology(STATEMENT, CRITERION)
    assert not any(isinstance(term, ox.BlankNode) for t in union for term in (t.subject, t.object))


def test_every_statement_has_one_nanopublication_that_introduces_it() -> None:
    introduced = [values(found.publication, found.iri, NPX + "introduces") for found in published()]
    assert all(len(one) == 1 for one in introduced)
    statements = [one[0] for one in introduced]
    assert statements == sorted(subjects(tuple(in_ontology(STATEMENT)), STATEMENT))
    for found, statement in zip(published(), statements, strict=True):
        assert subjects(found.assertion, STATEMENT) == {statement}
        assert re.fullmatch(re.escape(NANOPUB) + "RA[A-Za-z0-9_-]{43}", found.iri)


def test_an_assertion_stands_by_itself() -> None:
    """Every criterion and every source that is named is described, and so are they in turn."""
    for found in published():
        everything = (*found.assertion, *found.provenance)
        for space in (CRITERION, SOURCE):
            named = {
                t.object.value
                for t in everything
                if isinstance(t.object, ox.NamedNode) and t.object.value.startswith(space)
            }
            assert named <= subjects(everything, space), found.iri
        terms = {
            t.object
            for t in found.assertion
            if isinstance(t.object, ox.NamedNode) and t.object.value.startswith(POEMKG)
        }
        told = {t.subject for t in found.publication if t.predicate.value.endswith("#label")}
        assert terms <= told


def test_provenance_says_where_it_stands_how_far_checked_and_that_the_words_are_ours() -> None:
    about = {
        found.iri: (found, values(found.publication, found.iri, NPX + "introduces")[0])
        for found in published()
    }
    for iri, (found, statement) in about.items():
        assertion = f"{iri}#assertion"
        triples = found.provenance
        sources = values(found.assertion, statement, POEMKG + "source") or values(
            found.assertion, statement, POEMKG + "ofSource"
        )
        assert values(triples, assertion, PROV + "wasDerivedFrom") == sources != []
        for name in ("locator", "cites", "verified", "verificationNote", "review"):
            expected = values(found.assertion, statement, POEMKG + name)
            assert values(triples, assertion, POEMKG + name) == expected
        assert values(triples, assertion, PROV + "wasGeneratedBy") == [f"{iri}#encoding"]
        (words,) = values(triples, f"{iri}#encoding", PREFIXES["rdfs"] + "label")
        assert "paraphrased and encoded by the publisher" in words


def test_publication_info_is_of_the_ontology_and_not_of_the_clock() -> None:
    knowledge = knowledge_base().knowledge
    root = tuple(t for t in knowledge.ontology if t.subject == ox.NamedNode(POEMKG))
    for found in published():
        told = found.publication
        for prop in (DCTERMS + "created", DCTERMS + "license", SKOS + "scopeNote"):
            assert values(told, found.iri, prop) == values(root, POEMKG, prop) != []
        (creator,) = values(told, found.iri, DCTERMS + "creator")
        name = PREFIXES["foaf"] + "name"
        assert values(told, creator, name) == values(root, POEMKG, DCTERMS + "creator")
        (software,) = values(told, found.iri, "http://purl.org/pav/createdWith")
        assert values(told, software, PREFIXES["dcat"] + "version") == [__version__]
        assert values(told, found.iri, PROV + "wasDerivedFrom") == values(
            root, POEMKG, PREFIXES["owl"] + "versionIRI"
        )


@pytest.mark.parametrize("part", ["Head", "assertion", "provenance", "pubinfo"])
def test_a_change_in_any_part_is_noticed(part: str) -> None:
    quads = first()
    iri = iri_of(quads)
    for number, quad in enumerate(quads):
        graph = quad.graph_name
        assert isinstance(graph, ox.NamedNode)
        if not graph.value.endswith(f"#{part}"):
            continue
        changed = list(quads)
        if isinstance(quad.object, ox.Literal):
            last = chr(ord(quad.object.value[-1]) ^ 1)
            text = quad.object.value[:-1] + last
            kind = None if quad.object.language else quad.object.datatype
            target: ox.NamedNode | ox.Literal = ox.Literal(
                text, datatype=kind, language=quad.object.language
            )
        else:
            assert isinstance(quad.object, ox.NamedNode)
            target = ox.NamedNode(quad.object.value + "x")
        changed[number] = ox.Quad(quad.subject, quad.predicate, target, graph)
        dropped = [*quads[:number], *quads[number + 1 :]]
        for damaged in (changed, dropped):
            assert problem(damaged, iri=iri) == "is not what its Trusty URI says", quad


@pytest.mark.parametrize("signed", [False, True])
def test_a_changed_byte_is_noticed(signed: bool, signer: Signer) -> None:
    """At a sample of letters and figures of the file."""
    data = as_trig(first(signer if signed else None))
    read_nanopubs(data, name="whole")
    places = [m.start() for m in re.finditer(rb"[a-z0-9]", data)][::61]
    assert len(places) > 50
    for place in places:
        damaged = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        with pytest.raises(InputError) as caught:
            read_nanopubs(damaged, name="damaged.trig")
        assert str(caught.value).startswith("damaged.trig:")


def test_a_damaged_file_is_refused_in_one_line_or_says_the_same() -> None:
    """Bytes are changed, dropped, doubled and moved at random places; the seed is printed."""
    print(f"POEM_KG_FUZZ={FUZZ} POEM_KG_FUZZ_SEED={SEED}")
    draw = random.Random(SEED)
    quads = first()
    data, refused = as_trig(quads), 0
    for _ in range(FUZZ):
        damaged = bytearray(data)
        for _ in range(draw.choice((1, 1, 2, 8))):
            place, length = draw.randrange(len(damaged)), draw.choice((1, 1, 5, 60))
            piece = damaged[place : place + length]
            kind = draw.randrange(4)
            if kind == 0:
                damaged[place] = draw.randrange(256)
            elif kind == 1:
                del damaged[place : place + length]
            else:
                other = place if kind == 2 else draw.randrange(len(damaged))
                damaged[other:other] = piece
        try:
            (found,) = read_nanopubs(bytes(damaged), name="damaged.trig")
        except InputError as error:
            refused += 1
            lines = str(error).splitlines()
            assert (len(lines), lines[0][:12]) == (1, "damaged.trig")
        else:
            assert set(found.assertion) == {
                q.triple for q in quads if "#assertion" in str(q.graph_name)
            }
    assert refused > FUZZ // 2


@pytest.mark.parametrize("share", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_signed_ones_verify_and_name_who_signed(
    share: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = sorted(subjects(tuple(in_ontology(STATEMENT)), STATEMENT))
    taken = set(every[::share])
    if share > 1:
        monkeypatch.setattr(nanopubs_module._Maker, "statements", lambda _: sorted(taken))
    plain = [
        one
        for one in published()
        if values(one.publication, one.iri, NPX + "introduces")[0] in taken
    ]
    key = tmp_path / "key.pem"
    key.write_bytes(private_key().export_key("PEM"))

    export_files("statements", format="nanopub", folder=tmp_path / "out",
                 sign_key=str(key), signed_by=AGENT)  # fmt: skip

    data = (tmp_path / "out" / "nanopubs.trig").read_bytes()
    found = read_nanopubs(data, name="nanopubs.trig", must_be_signed=True)
    assert len(found) == len(plain) == len(taken) > 200 // share
    assert all(one.signed for one in found)
    for one in found[:3]:
        assert values(one.publication, f"{one.iri}#sig", NPX + "signedBy") == [AGENT]
    union = {triple for one in found for triple in one.assertion}
    assert union == {triple for one in plain for triple in one.assertion}
    secret = private_key().export_key("DER", pkcs=8)
    assert base64.b64encode(secret)[-60:] not in data


def test_who_changes_a_signed_one_and_gives_it_a_fitting_trusty_uri_is_found_out(
    signer: Signer,
) -> None:
    quads = first(signer)
    old = quads[0].subject
    assert isinstance(old, ox.NamedNode)
    forged = [_unnamed(quad, old.value) for quad in quads]
    changed = next(
        n for n, q in enumerate(forged) if q.predicate.value == POEMKG + "populationNote"
    )
    quad = forged[changed]
    forged[changed] = ox.Quad(quad.subject, quad.predicate, ox.Literal("nobody"), quad.graph_name)

    iri, again = with_trusty_uri(NANOPUB, forged)

    assert problem(again) == "has a signature that does not fit"
    assert problem(quads, signed=True) is None
    assert iri != old.value
    assert _library_likes_the_signature(again), "the library checks signatures now: use its check"


def _library_likes_the_signature(quads: Iterable[ox.Quad]) -> bool:
    """What nanopub 2.0.1 says; it says so of every signature, which is why ours is there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from nanopub.nanopub import Nanopub
        from rdflib import ConjunctiveGraph, Graph

        graph = ConjunctiveGraph()
        graph.parse(data=as_trig(tuple(quads)), format="trig")
        nothing = Graph()
        made = Nanopub(rdf=graph, assertion=nothing, provenance=nothing, pubinfo=nothing)
        return made.has_valid_signature


def _unnamed(quad: ox.Quad, iri: str) -> ox.Quad:
    """The quad before it had its Trusty URI."""

    def node(term: ox.NamedNode) -> ox.NamedNode:
        if term.value == iri:
            return ox.NamedNode(NANOPUB)
        return ox.NamedNode(term.value.replace(f"{iri}#", NANOPUB))

    assert isinstance(quad.subject, ox.NamedNode) and isinstance(quad.graph_name, ox.NamedNode)
    target = node(quad.object) if isinstance(quad.object, ox.NamedNode) else quad.object
    return ox.Quad(node(quad.subject), quad.predicate, target, node(quad.graph_name))


def test_the_signature_of_another_key_does_not_fit(signer: Signer) -> None:
    quads = first(signer)
    other = RSA.generate(2048).public_key().export_key("DER")
    text = ox.Literal(base64.b64encode(other).decode())
    old = quads[0].subject
    assert isinstance(old, ox.NamedNode)
    swapped = [
        _unnamed(
            ox.Quad(q.subject, q.predicate, text, q.graph_name)
            if q.predicate.value == NPX + "hasPublicKey"
            else q,
            old.value,
        )
        for q in quads
    ]

    _, again = with_trusty_uri(NANOPUB, swapped)

    assert problem(again, signed=True) == "has a signature that does not fit"


def test_a_missing_signature_is_told_where_one_is_wanted() -> None:
    with pytest.raises(InputError, match="is not signed"):
        read_nanopubs(as_trig(first()), name="one.trig", must_be_signed=True)


def test_signing_twice_gives_the_same_bytes(signer: Signer) -> None:
    assert as_trig(first(signer)) == as_trig(first(signer))


@pytest.mark.parametrize("form", ["pem-pkcs1", "pem-pkcs8", "base64"])
def test_a_key_is_read_as_pem_and_as_the_tools_write_it(form: str, tmp_path: Path) -> None:
    key = private_key()
    pem = key.export_key("PEM", pkcs=1 if form == "pem-pkcs1" else 8).decode()
    if form == "base64":
        pem = "".join(line for line in pem.splitlines() if not line.startswith("-----"))
    path = tmp_path / "key"
    path.write_text(pem, encoding="ascii")

    signer = read_signer(str(path), AGENT)

    assert problem(first(signer), signed=True) is None
    assert signer.key not in repr(signer)


BAD_KEYS: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "words": lambda: b"not a key",
    "bytes": lambda: bytes(range(256)),
    "public": lambda: private_key().public_key().export_key("PEM"),
    "short": lambda: RSA.generate(1024).export_key("PEM"),
    "locked": lambda: private_key().export_key("PEM", passphrase="secret", pkcs=8,
                                               protection="scryptAndAES128-CBC"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_KEYS)
def test_a_key_that_cannot_be_used_is_refused_in_one_line_that_does_not_quote_it(
    name: str, tmp_path: Path
) -> None:
    data = BAD_KEYS[name]()
    path = tmp_path / "key"
    path.write_bytes(data)

    done = command("export", "-f", "nanopub", "--sign-key", str(path), "--signed-by", AGENT,
                   "-o", str(tmp_path / "out"))  # fmt: skip

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "is no private RSA key" in line
    assert not data or data[:20] not in line.encode()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-f", "nanopub", "--sign-key", "KEY"], "go together"),
        (["-f", "nanopub", "--signed-by", AGENT], "go together"),
        (["-f", "turtle", "--sign-key", "KEY", "--signed-by", AGENT], "cannot be signed"),
        (["-f", "nanopub", "--sign-key", "KEY", "--signed-by", "me"], "is no web address"),
        (["-f", "nanopub", "--sign-key", "/nowhere", "--signed-by", AGENT], "cannot be read"),
        (["-f", "nanopub", "--what", "ontology"], "--what statements"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    options: list[str], words: str, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_bytes(private_key().export_key("PEM"))
    given = [str(key) if option == "KEY" else option for option in options]

    done = command("export", *given, "-o", str(tmp_path / "out"))

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert words in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff", "is no TriG"),
        (b"<http://e/a> <http://e/b> ", "is no TriG"),
        (b"<http://e/a> <http://e/b> <http://e/c> .", "outside of named graphs"),
        (b"<http://e/g> { <http://e/a> <http://e/b> <http://e/c> }", "belongs to no nanopub"),
        (b"[" * 3000, "nests deeper"),
        (f"<http://e/g> {{ <http://e/a> a <{NP}Nanopublication> }}".encode(), "no triples in its"),
        (f"<http://e/g> {{ [] a <{NP}Nanopublication> }}".encode(), "a blank node has"),
    ],
)
def test_what_is_no_nanopublication_is_refused_in_one_line(data: bytes, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_nanopubs(data, name="in.trig")
    assert words in str(caught.value)
    assert str(caught.value).startswith("in.trig")
    assert "\x1b" not in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("part", "subject", "words"),
    [
        ("provenance", f"{NANOPUB}assertion", "provenance that is not about its assertion"),
        ("pubinfo", NANOPUB, "publication info that is not about itself"),
    ],
)
def test_a_form_that_is_wrong_is_told_though_the_trusty_uri_fits(
    part: str, subject: str, words: str
) -> None:
    quads = first()
    iri = iri_of(quads)
    bent = [
        ox.Quad(ox.NamedNode("https://example.org/other"), q.predicate, q.object, q.graph_name)
        if (q.subject, q.graph_name) == (ox.NamedNode(subject), ox.NamedNode(NANOPUB + part))
        else q
        for q in (_unnamed(quad, iri) for quad in quads)
    ]
    new, again = with_trusty_uri(NANOPUB, bent)
    assert problem_of(new, again, signed=False) is None

    with pytest.raises(InputError, match=words):
        read_nanopubs(as_trig(again), name="bent.trig")


def test_nothing_is_fetched_or_published(monkeypatch: pytest.MonkeyPatch, signer: Signer) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    read_nanopubs(as_trig(first(signer)), name="one", must_be_signed=True)


def test_rdflib_is_left_as_it_was() -> None:
    """The library turns off the normalising of literals for the whole process."""
    program = (
        "import rdflib, poem_kg.export.nanopubs as n; from poem_kg.knowledge import load_knowledge;"
        "next(n.nanopubs(load_knowledge())); print(rdflib.NORMALIZE_LITERALS)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"True"
    assert done.stderr == b""
