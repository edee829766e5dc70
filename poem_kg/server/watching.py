"""What happens around every request: a line in the log, a count, no way past the framing."""

from __future__ import annotations

import time
from collections.abc import MutableMapping, Sequence
from typing import Any, Final

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from poem_kg.server.logs import tell
from poem_kg.server.metrics import Metrics

HEAD_BYTES: Final = 64_000
"""The most bytes of address and headers; a longer query is for a POST."""
_TOO_LONG: Final = (
    f"Address and headers are longer than {HEAD_BYTES} bytes; POST a longer query.\n".encode()
)
_AMBIGUOUS: Final = b"The request tells its length in two ways; send Content-Length alone.\n"
_BROKEN: Final = b"This call met an error in the service itself; report it without what you sent.\n"


class Watch:
    """Wraps the application.

    Args:
        app: what it wraps.
        metrics: takes counts.
        routes: the routes, whose names are all that the log says of a path.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: Sequence[Route]) -> None:
        self._app = app
        self._metrics = metrics
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        status, size = 0, 0

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            size += len(message.get("body", b""))
            await send(message)

        kind = None
        try:
            if _head_bytes(scope) > HEAD_BYTES:
                await _say(sending, 431, _TOO_LONG)
            elif _is_ambiguous(scope):
                await _say(sending, 400, _AMBIGUOUS, (b"connection", b"close"))
            else:
                await self._app(scope, receive, sending)
        except Exception as error:
            kind = type(error).__name__
            if not status:
                await _say(sending, 500, _BROKEN)
        finally:
            seconds = time.monotonic() - began
            route = self._route(scope)
            self._metrics.count(route, status, seconds)
            about = {"error": kind} if kind else {}
            tell(
                "request",
                level="error" if kind else "info",
                method=_method(scope),
                route=route,
                status=status,
                milliseconds=round(1000 * seconds, 1),
                bytes=size,
                **about,
            )

    def _route(self, scope: Scope) -> str:
        for route in self._routes:
            if route.matches({**scope, "path_params": {}})[0] is not Match.NONE:
                return str(route.name)
        return "none"


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "-"


def _head_bytes(scope: Scope) -> int:
    lines = sum(len(name) + len(value) for name, value in scope["headers"])
    return len(scope.get("raw_path") or b"") + len(scope["query_string"]) + lines


def _is_ambiguous(scope: Scope) -> bool:
    """Whether a proxy and we could disagree on where the body ends (RFC 9112, section 6.1)."""
    names = {name for name, _ in scope["headers"]}
    return {b"content-length", b"transfer-encoding"} <= names


async def _say(send: Send, status: int, body: bytes, *more: tuple[bytes, bytes]) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
