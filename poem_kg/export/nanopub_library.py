"""The one door to the `nanopub` library: Trusty URIs, signatures, and checking both.

The library can fetch and publish too; only its functions on graphs are called here, which do
neither.
"""

from __future__ import annotations

import base64
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from poem_kg.errors import InputError

if TYPE_CHECKING:
    from rdflib import ConjunctiveGraph, Literal, URIRef

NP: Final = "http://www.nanopub.org/nschema#"
NPX: Final = "http://purl.org/nanopub/x/"

_FEWEST_BITS: Final = 2048
_PEM: Final = "-----BEGIN"
_TRUSTY: Final = re.compile(r"/RA[A-Za-z0-9_-]{43}\Z")


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs, and with what.

    Attributes:
        agent: the IRI of the person or organisation, such as an ORCID.
        key: the private RSA key, PKCS #8 in Base64 without header, as the library takes it.
    """

    agent: str
    key: str = field(repr=False)


def read_signer(key_file: str, agent: str) -> Signer:
    """Return the signer with the private key of a file.

    Args:
        key_file: an RSA key of at least 2048 bits without a passphrase: PEM, or the Base64 alone,
            as the tools for nanopublications write it.
        agent: the IRI of the signer.

    Raises:
        InputError: the file cannot be read, is no such key, or the IRI is none. The text never
            quotes the file.
    """
    from Crypto.PublicKey import RSA

    try:
        iri = ox.NamedNode(agent).value
    except ValueError:
        iri = ""
    if not iri.startswith(("http://", "https://")):
        raise InputError(f"--signed-by {agent}", "is no web address", "give one, such as an ORCID")
    try:
        text = Path(key_file).read_text(encoding="ascii").strip()
    except OSError as error:
        raise InputError(
            key_file, f"cannot be read ({error.strerror})", "name the file with your private key"
        ) from None
    except UnicodeDecodeError:
        text = ""
    try:
        key = RSA.import_key(text if text.startswith(_PEM) else base64.b64decode(text))
    except (ValueError, IndexError, TypeError):
        key = None
    if key is None or not key.has_private() or key.size_in_bits() < _FEWEST_BITS:
        raise InputError(
            key_file,
            "is no private RSA key of at least 2048 bits without a passphrase",
            "make one with openssl genrsa -out FILE 2048",
        )
    plain = base64.b64encode(key.export_key("DER", pkcs=8)).decode()
    return Signer(agent=iri, key=plain)


def with_trusty_uri(
    namespace: str, quads: Iterable[ox.Quad], signer: Signer | None = None
) -> tuple[str, tuple[ox.Quad, ...]]:
    """Return the Trusty URI of a nanopublication and its quads under that URI.

    Args:
        namespace: ends in "/" and stands for the nanopublication in the quads; what lies inside
            it, such as its graphs, is named `NAMESPACE` + NAME. It becomes `NAMESPACE` + TRUSTY
            and `NAMESPACE` + TRUSTY#NAME.
        quads: head, assertion, provenance and publication info, in four graphs, the last of which
            is called "pubinfo".
        signer: who signs; without one it is not signed.

    Raises:
        ValueError: the quads hold something else than IRIs and literals in named graphs.
    """
    with _library():
        from nanopub.profile import Profile
        from nanopub.sign_utils import add_signature, replace_trusty_in_graph
        from nanopub.trustyuri.rdf import RdfHasher, RdfUtils
        from rdflib import Graph, Namespace, URIRef

        graph = _graph(quads)
        if signer is not None:
            profile = Profile(orcid_id=signer.agent, name="", private_key=signer.key)
            publication = Graph(graph.store, URIRef(f"{namespace}pubinfo"))
            graph = add_signature(graph, profile, Namespace(namespace), publication)
        else:
            hasher, utils = _untyped(RdfHasher), _untyped(RdfUtils)
            trusty = hasher.make_hash(utils.get_quads(graph), baseuri=namespace, hashstr=" ")
            graph = replace_trusty_in_graph(trusty, namespace, graph)
        made = tuple(_quads(graph))
    iris = {str(quad.graph_name).strip("<>").partition("#")[0] for quad in made}
    (iri,) = iris
    return iri, made


def problem_of(iri: str, quads: Iterable[ox.Quad], *, signed: bool) -> str | None:
    """Return what is wrong with a nanopublication in a few words, or None if it is sound.

    The Trusty URI is checked by the library. The signature is checked here: the library (2.0.1)
    verifies the text with the signature in it, which never fits, by a function that returns False
    and whose answer it does not look at.

    Args:
        iri: what it is called.
        quads: all of it.
        signed: whether a missing signature is wrong too.
    """
    if not _TRUSTY.search(iri):
        return "has no Trusty URI"
    with _library():
        from nanopub.sign_utils import verify_trusty
        from rdflib import Namespace

        try:
            graph = _graph(quads)
        except ValueError as error:
            return str(error)
        try:
            verify_trusty(graph, iri, Namespace(f"{iri}#"))
        except ValueError:
            return "is not what its Trusty URI says"
        return _signature_problem(iri, graph, signed)


def _signature_problem(iri: str, graph: ConjunctiveGraph, signed: bool) -> str | None:
    from Crypto.Hash import SHA256
    from Crypto.PublicKey import RSA
    from Crypto.Signature import pkcs1_15
    from nanopub.trustyuri.rdf import RdfHasher, RdfUtils
    from rdflib import URIRef

    signature, key = (
        list(graph.objects(None, URIRef(NPX + name))) for name in ("hasSignature", "hasPublicKey")
    )
    if not signature:
        return "is not signed" if signed else None
    hasher, utils = _untyped(RdfHasher), _untyped(RdfUtils)
    quads = [q for q in utils.get_quads(graph) if q[2] != URIRef(NPX + "hasSignature")]
    text = hasher.normalize_quads(quads, baseuri=f"{iri}#", hashstr=" ")
    try:
        (signature_text,), (key_text,) = signature, key
        pkcs1_15.new(RSA.import_key(base64.b64decode(str(key_text)))).verify(
            SHA256.new(text.encode()), base64.b64decode(str(signature_text), validate=True)
        )
    except (ValueError, IndexError, TypeError):
        return "has a signature that does not fit"
    return None


def _graph(quads: Iterable[ox.Quad]) -> ConjunctiveGraph:
    from rdflib import ConjunctiveGraph, Graph, URIRef

    graph = ConjunctiveGraph()
    for quad in quads:
        if not isinstance(quad.graph_name, ox.NamedNode):
            raise ValueError("has triples outside of named graphs")
        context = Graph(graph.store, URIRef(quad.graph_name.value))
        graph.add((_node(quad.subject), _node(quad.predicate), _node(quad.object), context))
    return graph


def _untyped(module: Any) -> Any:
    """The library's module, whose functions have no types."""
    return module


def _node(term: object) -> URIRef | Literal:
    from rdflib import Literal, URIRef

    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.Literal):
        if term.language is not None:
            return Literal(term.value, lang=term.language)
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    raise ValueError("holds something else than IRIs and literals")


def _quads(graph: ConjunctiveGraph) -> Iterator[ox.Quad]:
    from rdflib import Literal

    for subject, predicate, target, context in graph.quads():
        assert context is not None
        value: ox.NamedNode | ox.Literal
        if isinstance(target, Literal) and target.language is not None:
            value = ox.Literal(str(target), language=target.language)
        elif isinstance(target, Literal):
            kind = None if target.datatype is None else ox.NamedNode(str(target.datatype))
            value = ox.Literal(str(target), datatype=kind)
        else:
            value = ox.NamedNode(str(target))
        yield ox.Quad(
            ox.NamedNode(str(subject)),
            ox.NamedNode(str(predicate)),
            value,
            ox.NamedNode(str(context.identifier)),
        )


@contextmanager
def _library() -> Iterator[None]:
    """Work with the library, and leave rdflib as it was.

    The library turns off the normalising of literals for the whole process when it is imported,
    and a hash needs them as they are written. It uses a class of rdflib that warns.
    """
    import rdflib

    before = rdflib.NORMALIZE_LITERALS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            import nanopub  # noqa: F401

            rdflib.NORMALIZE_LITERALS = False
            yield
        finally:
            rdflib.NORMALIZE_LITERALS = before
