"""HTTP/1.1 with deadlines for clients that are slow on purpose, which uvicorn does not have.

What a client may make the listener wait for or hold is bounded here: the head of a request, the
rest of a body that was answered before it ended, and answers that are not read.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final = 10.0
"""How long request line and headers may take to arrive."""
READING_SECONDS: Final = 20.0
"""How often a client that does not keep up with its answer is looked at."""
READING_BYTES: Final = 200_000
"""What it must have read by then; else it is sent away."""
MOST_UNREAD: Final = 400_000_000
"""How many bytes of answers may wait to be read; past that, who waits longest is sent away."""
HEADERS: Final = (
    (
        "content-security-policy",
        "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    # Else a browser looks up the hosts that a page links to, before anybody follows a link.
    ("x-dns-prefetch-control", "off"),
)
"""What every answer says to browsers; it is for the server to send with each."""
_NO_REQUEST: Final = b"This is no request of HTTP/1.1; mend the client.\n"


class DeadlineProtocol(H11Protocol):
    """Closes a connection whose request does not come, or whose answer is not taken."""

    head_seconds = HEAD_SECONDS
    reading_seconds = READING_SECONDS
    reading_bytes = READING_BYTES
    most_unread = MOST_UNREAD
    _unread: ClassVar[dict[DeadlineProtocol, None]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None
        self._left = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request; far more clients than may be there are not even told so."""
        super().connection_made(transport)
        most = self.limit_concurrency
        if most is not None and len(self.connections) > most + most // 10:
            self.transport.abort()
        else:
            self._await_head()

    def data_received(self, data: bytes) -> None:
        """Take what came; while it is no whole head of a request, the deadline stays.

        So it does for the rest of a body whose request has its answer already.
        """
        super().data_received(data)
        if self._is_answered_early():
            return
        if self.conn.their_state is not h11.IDLE:
            self._stop_awaiting_head()
        elif self._head is None:
            self._await_head()

    def on_response_complete(self) -> None:
        """Begin to wait for the end of a body that nobody reads, or for the next request."""
        super().on_response_complete()
        if self._is_answered_early() and self._head is None:
            self._await_head()

    def send_400_response(self, msg: str) -> None:
        """Say that this is no HTTP, where nothing was said yet, and close."""
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        headers = [
            *self.server_state.default_headers,
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(_NO_REQUEST)).encode()),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=_NO_REQUEST),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def pause_writing(self) -> None:
        """Begin to wait until the client reads, and send away who waits longest for that."""
        super().pause_writing()
        self._await_reader()
        self._unread[self] = None
        waiting = sum(each.transport.get_write_buffer_size() for each in self._unread)
        for oldest in tuple(self._unread):
            if waiting <= self.most_unread or oldest is self:
                break
            waiting -= oldest.transport.get_write_buffer_size()
            oldest._abort()

    def resume_writing(self) -> None:
        """The client reads."""
        super().resume_writing()
        self._stop_awaiting_reader()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_awaiting_head()
        self._stop_awaiting_reader()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._head = self.loop.call_later(self.head_seconds, self._abort)

    def _stop_awaiting_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _is_answered_early(self) -> bool:
        return self.conn.their_state is h11.SEND_BODY and self.conn.our_state is h11.DONE

    def _await_reader(self) -> None:
        self._left = self.transport.get_write_buffer_size()
        self._reading = self.loop.call_later(self.reading_seconds, self._look_at_reader)

    def _look_at_reader(self) -> None:
        if self._left - self.transport.get_write_buffer_size() < self.reading_bytes:
            self._abort()
        else:
            self._await_reader()

    def _stop_awaiting_reader(self) -> None:
        self._unread.pop(self, None)
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _abort(self) -> None:
        self._stop_awaiting_reader()
        self.transport.abort()
