"""The listener: turns requests into calls for the workers, and answers into responses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from poem_kg import service
from poem_kg.server.bodies import FORM, Room, fields, form, read_body
from poem_kg.server.caching import Cache, is_unchanged
from poem_kg.server.metrics import Metrics
from poem_kg.server.openapi import openapi
from poem_kg.server.serving import Serving
from poem_kg.server.watching import Watch
from poem_kg.service.addresses import etag
from poem_kg.service.handbook import TYPES, site_files
from poem_kg.service.model import Answer, Call, Kind, Refusal

BODY_SECONDS: Final = 10.0
"""How long the body of a request may take to arrive."""
FORM_TO_QUERY: Final = 4
"""How much longer than a query a form may be: three bytes for each one, and more fields."""
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_STATIC_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_READ: Final = ("GET", "HEAD")
_READ_OR_POST: Final = ("GET", "HEAD", "POST")
_POST: Final = ("POST",)
_FRESH: Final = (("Cache-Control", "no-store"),)
_Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who may reach the service, and how.

    Attributes:
        hosts: the names by which it may be called; a request that names another one is refused,
            so that no page elsewhere can have a browser ask a service on its own machine.
        origins: the sites whose pages may read answers; none where it is empty.
        body_seconds: how long the body of a request may take to arrive.
        bodies_bytes: how many bytes the bodies of all requests together may have.
        connections: how many clients may be connected.
    """

    hosts: Sequence[str] = ("localhost", "127.0.0.1", "[::1]")
    origins: Sequence[str] = ()
    body_seconds: float = BODY_SECONDS
    bodies_bytes: int = 200_000_000
    connections: int = 1000


@dataclass(frozen=True, eq=False)
class Listener:
    """Turns requests into calls and answers into responses.

    Attributes:
        serving: the workers.
        metrics: counts.
        access: who may reach the service.
        cache: answers that stay the same as long as the knowledge does.
    """

    serving: Serving
    metrics: Metrics
    access: Access = field(default_factory=Access)
    cache: Cache = field(default_factory=Cache)

    def app(self, url: str) -> Starlette:
        """Return the application.

        Args:
            url: where the service is reached, with a slash at its end.
        """
        described = json.dumps(openapi(url), ensure_ascii=False, indent=1).encode()
        fixed = {"openapi": ("application/json", described)}
        table = {
            "sparql": ("/sparql", self._leaving(self._sparql)),
            "queries": ("/queries", self._page("queries", _READ)),
            "browse": ("/browse", self._page("browse", _READ)),
            "evidence": ("/evidence", self._page("evidence", _READ)),
            "editor": ("/editor", self._page("editor", _READ)),
            "intake": ("/patient", self._leaving(self._page("patient", _READ_OR_POST))),
            "query": ("/queries/{path}", self._leaving(self._query)),
            "patient": ("/api/{path}", self._leaving(self._patient)),
            "openapi": ("/openapi.json", _reading(self._fixed(fixed))),
            "health": ("/health", _reading(self._health)),
            "metrics": ("/metrics", _reading(self._measured)),
            "static": ("/static/{path:path}", _reading(self._fixed(self._static))),
            "documentation": ("/docs", _reading(self._documentation)),
            "documentation-page": ("/docs/{path:path}", _reading(self._documentation)),
            "document": ("/{path:path}", self._document),
        }
        routes = [Route(path, to, methods=_METHODS, name=n) for n, (path, to) in table.items()]
        middleware = [
            Middleware(Watch, metrics=self.metrics, routes=routes),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(self.access.hosts)),
        ]
        if self.access.origins:
            middleware.append(
                Middleware(
                    CORSMiddleware,
                    allow_origins=list(self.access.origins),
                    allow_methods=_READ_OR_POST,
                    allow_headers=["Accept", "Content-Type"],
                    expose_headers=["Dataset-Version", "ETag", "Link", "Location"],
                )
            )
        return Starlette(routes=routes, middleware=middleware)

    async def _sparql(self, request: Request) -> Response:
        try:
            _check_method(request, _READ_OR_POST)
            parameters = fields(request.url.query)
            body, media_type = b"", ""
            if request.method == "POST":
                media_type = request.headers.get("content-type", "").lower()
                kind = media_type.partition(";")[0].strip()
                if kind not in (FORM, _QUERY, _UPDATE):
                    raise Refusal(415, f"send a query as {FORM} or as {_QUERY}")
                body = await self._body(request, form=kind == FORM)
                if kind == FORM:
                    parameters, body = (*parameters, *form(body)), b""
                elif not body:
                    raise Refusal(400, "the body is empty; send a query in it")
        except Refusal as refusal:
            return _response(request, refusal.answer())
        return await self._run(request, "sparql", "", parameters, body, media_type)

    def _page(self, name: str, methods: Sequence[str]) -> _Endpoint:
        async def answer(request: Request) -> Response:
            return await self._with_body(request, "page", methods, name)

        return answer

    async def _query(self, request: Request) -> Response:
        return await self._with_body(request, "query", _READ_OR_POST)

    async def _patient(self, request: Request) -> Response:
        return await self._with_body(request, "patient", _POST)

    async def _document(self, request: Request) -> Response:
        return await self._with_body(request, "document", _READ)

    async def _with_body(
        self, request: Request, kind: Kind, methods: Sequence[str], path: str | None = None
    ) -> Response:
        try:
            _check_method(request, methods)
            parameters = fields(request.url.query)
            body = await self._body(request) if request.method == "POST" else b""
        except Refusal as refusal:
            return _response(request, refusal.answer())
        media_type = request.headers.get("content-type", "")
        where = request.path_params["path"] if path is None else path
        return await self._run(request, kind, where, parameters, body, media_type)

    async def _body(self, request: Request, *, form: bool = False) -> bytes:
        limits = self.serving.limits
        if form:  # decoding it holds up everybody, and it holds little more than a query
            most = min(limits.body_bytes, FORM_TO_QUERY * limits.query_bytes)
            limits = replace(limits, body_bytes=most)
        return await read_body(request, limits, self.access.body_seconds, self._room)

    @cached_property
    def _room(self) -> Room:
        return Room(self.access.bodies_bytes)

    def _leaving(self, endpoint: _Endpoint) -> _Endpoint:
        """Return an endpoint after which the body of the request takes no room any more."""

        async def answer(request: Request) -> Response:
            try:
                return await endpoint(request)
            finally:
                self._room.leave(request)

        return answer

    async def _run(
        self,
        request: Request,
        kind: Kind,
        path: str,
        parameters: tuple[tuple[str, str], ...],
        body: bytes,
        media_type: str,
    ) -> Response:
        call = Call(
            kind=kind,
            path=path,
            method="GET" if request.method == "HEAD" else request.method,
            accept=", ".join(request.headers.getlist("accept")),
            parameters=parameters,
            body=body,
            media_type=media_type,
        )
        pool = self.serving.pool
        answer = self.cache.get(pool.edition, call)
        if answer is None:
            answer = await _unless_gone(request, pool.run(call))
            self.cache.put(pool.edition, call, answer)
        if call.private:  # a refusal may name what was sent
            answer = replace(answer, headers=(*answer.headers, *_FRESH))
        return _response(request, answer)

    async def _health(self, request: Request) -> Response:
        pool = self.serving.pool
        state = pool.workers
        well = bool(pool.digest) and state["idle"] + state["busy"] > 0
        told = {
            "status": "ok" if well else "starting",
            "version": pool.version,
            "digest": pool.digest,
            "workers": state,
        }
        body = json.dumps(told).encode() + b"\n"
        answer = Answer(
            status=200 if well else 503, media_type="application/json", body=body, headers=_FRESH
        )
        return _response(request, answer)

    async def _measured(self, request: Request) -> Response:
        media_type, body = self.metrics.exposition(self.serving.pool)
        return _response(request, Answer(media_type=media_type, body=body, headers=_FRESH))

    @cached_property
    def _static(self) -> dict[str, tuple[str, bytes]]:
        """The files of the pages, by name: a closed list, so that no path leads elsewhere."""
        folder = Path(service.__file__).parent / "static"
        return {
            path.relative_to(folder).as_posix(): (_STATIC_TYPES[path.suffix], path.read_bytes())
            for path in folder.rglob("*")
            if path.suffix in _STATIC_TYPES
        }

    @cached_property
    def _site(self) -> Mapping[str, Path]:
        return site_files()

    async def _documentation(self, request: Request) -> Response:
        path = request.path_params.get("path")
        if path is None:  # seen from a page without a slash at its end, links would lead elsewhere
            return _response(request, Answer(status=308, headers=(("Location", "docs/"),)))
        if not self._site:
            return await self._run(request, "page", "documentation", (), b"", "")
        file = self._site.get(f"{path}index.html" if path.endswith("/") or not path else path)
        if file is None or not file.is_file():
            return _response(request, Refusal(404, "there is no such page").answer())
        body = await asyncio.to_thread(file.read_bytes)
        headers = (("ETag", etag(body)), ("Cache-Control", "public, no-cache"))
        answer = Answer(media_type=TYPES[file.suffix], body=body, headers=headers)
        return _response(request, answer)

    def _fixed(self, contents: dict[str, tuple[str, bytes]]) -> _Endpoint:
        async def answer(request: Request) -> Response:
            name = request.path_params.get("path", "openapi")
            if name not in contents:
                return _response(request, Refusal(404, "there is no such file").answer())
            media_type, body = contents[name]
            headers = (("Cache-Control", "public, max-age=3600"),)
            return _response(request, Answer(media_type=media_type, body=body, headers=headers))

        return answer


async def _unless_gone(request: Request, running: Coroutine[Any, Any, Answer]) -> Answer:
    """Return the answer; where the client goes away before, the work is ended."""
    task = asyncio.ensure_future(running)
    leaving = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
            return Refusal(499, "the client went away").answer()
        return task.result()
    finally:
        leaving.cancel()
        task.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _reading(endpoint: _Endpoint) -> _Endpoint:
    """Return an endpoint that can only be read."""

    async def answer(request: Request) -> Response:
        try:
            _check_method(request, _READ)
        except Refusal as refusal:
            return _response(request, refusal.answer())
        return await endpoint(request)

    return answer


def _check_method(request: Request, methods: Sequence[str]) -> None:
    if request.method not in methods:
        allowed = ", ".join(methods)
        raise Refusal(405, f"use {allowed} here", headers=(("Allow", allowed),))


def _response(request: Request, answer: Answer) -> Response:
    headers = dict(answer.headers)
    if is_unchanged(request.headers.get("if-none-match", ""), answer):
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = answer.media_type
    return Response(answer.body, status_code=answer.status, headers=headers)
