"""The whole service in one object: a call goes in, an answer comes out, whatever the call is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from poem_kg.errors import InputError, KnowledgeError
from poem_kg.limits import DEFAULT_LIMITS, Limits
from poem_kg.namespaces import POEMKG
from poem_kg.service.asked import HTML, Asked
from poem_kg.service.browsing import Browsing
from poem_kg.service.editor import Editor
from poem_kg.service.endpoint import description_of_endpoint
from poem_kg.service.evidence import Evidence
from poem_kg.service.linked import Documents
from poem_kg.service.model import Answer, Call, Refusal, refused
from poem_kg.service.negotiation import best
from poem_kg.service.patient import Patients
from poem_kg.service.patient_page import PatientPage
from poem_kg.service.published import Published
from poem_kg.service.queries import Queries
from poem_kg.service.remote import RemoteBackend
from poem_kg.service.site import Site
from poem_kg.service.sparql import (
    GRAPH_TYPES,
    Backend,
    LocalBackend,
    answer_sparql,
    graph_answer,
    in_type,
)


@dataclass(frozen=True, eq=False)
class Service:
    """Answers calls about one version of the knowledge.

    Attributes:
        published: the knowledge and its dataset.
        url: where the service is reached, with a slash at its end.
        store: a SPARQL endpoint that queries are asked of in place of the dataset, or None.
        limits: what a call may cost; time and memory are for the process around it to watch.
    """

    published: Published
    url: str = "http://localhost:8000/"
    store: RemoteBackend | None = None
    limits: Limits = DEFAULT_LIMITS

    def answer(self, call: Call) -> Answer:
        """Return the answer to a call, with the version that gave it; a refusal is one too."""
        answer = self._answer(call)
        return replace(answer, headers=(*answer.headers, *self._version))

    @cached_property
    def _version(self) -> tuple[tuple[str, str], ...]:
        return (
            ("Dataset-Version", self.published.version),
            ("Dataset-Digest", self.published.digest),
        )

    def _answer(self, call: Call) -> Answer:
        try:
            return self._answered(call)
        except Refusal as refusal:
            return refusal.answer()
        except InputError as error:
            return refused(error).answer()
        except KnowledgeError:
            return Refusal(
                500, "the knowledge of this service is broken; tell its operator"
            ).answer()

    def warm(self) -> None:
        """Build what is built on the first call, so that no worker builds it again."""
        nobody = f"<urn:poem-kg:nobody> a <{POEMKG}Patient> .".encode()
        for call in (
            Call(kind="document", path="ontology/", accept="text/html"),
            # The word has the query parsed by what looks for other servers in it.
            Call(kind="sparql", parameters=(("query", "ASK {} # service"),)),
            Call(kind="patient", path="explain", body=nobody, media_type="text/turtle"),
        ):
            self.answer(call)

    def prepare(self) -> Iterator[None]:
        """Make, in steps of a tenth of a second, what takes long when it is first asked for."""
        for path in ("", "browse"):
            self.answer(Call(kind="page" if path else "document", path=path, accept="text/html"))
            yield
        # What is looked for does not matter: the words are put in order for the first search.
        self.answer(Call(kind="page", path="browse", parameters=(("q", "a"),)))
        yield
        example = next(iter(self._patient_page.examples))
        for parameters in ((), (("example", example),)):
            self.answer(Call(kind="page", path="patient", parameters=parameters))
            yield
        yield from self._documents.prepare()

    def _answered(self, call: Call) -> Answer:
        if call.kind == "sparql":
            if call.method == "GET" and not call.parameters:
                return self._described(call)
            graphs = None if self.store else self.published.graphs
            return answer_sparql(
                self._backend,
                call,
                graphs=graphs,
                limits=self.limits,
                asked=self._asked,
                base=f"{self.url}sparql",
            )
        if call.kind == "page":
            return self._site.answer(call)
        if call.kind == "query":
            return self._queries.answer(call)
        if call.kind == "patient":
            return self._patients.answer(call)
        return self._documents.answer(call)

    def _described(self, call: Call) -> Answer:
        if best(call.accept, (*GRAPH_TYPES, HTML)) == HTML:
            page = self._asked.endpoint(self.published.graphs, limits_told(self.limits))
            return in_type(HTML, page)
        described = description_of_endpoint(self.published, f"{self.url}sparql")
        return graph_answer(described, call.accept)

    @cached_property
    def _backend(self) -> Backend:
        return self.store or LocalBackend(self.published.store)

    @cached_property
    def _queries(self) -> Queries:
        return Queries(self.published, self._backend, self.limits, self._asked)

    @cached_property
    def _patients(self) -> Patients:
        return Patients(self.published.kb, self.limits)

    @cached_property
    def _site(self) -> Site:
        pages = self._documents.pages
        return Site(
            {
                "queries": self._queries.listed,
                "browse": Browsing(pages).answer,
                "evidence": Evidence(pages, self.published.store, self._queries.by_name).answer,
                "editor": Editor(pages, self._queries.by_name, limits_told(self.limits)).answer,
                "patient": self._patient_page.answer,
                "documentation": self._without_documentation,
            }
        )

    def _without_documentation(self, call: Call) -> Answer:
        page = self._documents.pages.render("documentation.html", title="Documentation")
        return Answer(status=404, media_type=f"{HTML}; charset=utf-8", body=page)

    @cached_property
    def _patient_page(self) -> PatientPage:
        return PatientPage(self._documents.pages, self.published.kb, self.limits)

    @cached_property
    def _asked(self) -> Asked:
        return Asked(self._documents.pages)

    @cached_property
    def _documents(self) -> Documents:
        return Documents(self.published, service_url=self.url)


def limits_told(limits: Limits) -> str:
    """Return what a query may cost, in a sentence."""
    return (
        f"A query may have {limits.query_bytes // 1000} kB and take {limits.seconds:g} s; "
        f"an answer may have {limits.rows:,} rows and {limits.result_bytes / 1e6:g} MB. "
        "It is whole, or it is refused."
    )
