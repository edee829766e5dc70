"""The body and the parameters of a request, within limits on bytes, fields and time."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from poem_kg.limits import Limits
from poem_kg.service.model import Refusal

FORM: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 100
"""How many fields a form or a query string may have."""
_CLOSE: Final = (("Connection", "close"),)
_SOON: Final = (("Retry-After", "1"),)


class Room:
    """What the bodies of all requests together may take of the listener's memory.

    Args:
        most: how many bytes.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0

    def take(self, request: Request, count: int) -> None:
        """Take room for a part of a body, until the request leaves.

        Raises:
            Refusal: 503 where there is none.
        """
        if self._held + count > self._most:
            raise Refusal(503, "too many bodies are arriving; send it again soon", headers=_SOON)
        self._held += count
        request.state.room = getattr(request.state, "room", 0) + count

    def leave(self, request: Request) -> None:
        """Give back what a request has taken."""
        self._held -= getattr(request.state, "room", 0)
        request.state.room = 0


async def read_body(request: Request, limits: Limits, seconds: float, room: Room) -> bytes:
    """Return the body of a request.

    Args:
        request: the request.
        limits: `body_bytes` holds here.
        seconds: how long the body may take to arrive.
        room: where it is held; the caller has the request leave it.

    Raises:
        Refusal: 413 for too many bytes, 415 for a compressed body, 408 for one that comes too
            slowly, 400 for one that ends early, 503 where too many arrive at a time.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "the body is compressed; send it as it is")
    # The connection stays open: one closed now would reset a client that still sends, and the
    # sentence would be lost. The protocol lets the rest run out, and closes when that takes long.
    too_large = Refusal(413, f"the body is larger than {limits.body_bytes / 1e6:g} MB; send less")
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > limits.body_bytes:
        raise too_large
    data = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                room.take(request, len(chunk))
                data += chunk
                if len(data) > limits.body_bytes:
                    raise too_large
    except TimeoutError:
        raise Refusal(
            408, f"the body did not arrive in {seconds:g} s; send it faster", headers=_CLOSE
        ) from None
    except ClientDisconnect:
        raise Refusal(400, "the body ended early; send all of it") from None
    return bytes(data)


def fields(text: str) -> tuple[tuple[str, str], ...]:
    """Return names and values of a query string or a form, decoded.

    Raises:
        Refusal: 400 for too many fields, or for one that is not in UTF-8.
    """
    try:
        return tuple(
            parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
        )
    except UnicodeDecodeError:
        raise Refusal(400, "a parameter is not in UTF-8; send it in UTF-8") from None
    except ValueError:
        raise Refusal(400, f"there are more than {MOST_FIELDS} parameters; send fewer") from None


def form(body: bytes) -> tuple[tuple[str, str], ...]:
    """Return names and values of the body of a form.

    Raises:
        Refusal: 400 as `fields`, or where the form is not ASCII.
    """
    try:
        return fields(body.decode("ascii"))
    except UnicodeDecodeError:
        raise Refusal(400, "the form is not percent-encoded; encode it") from None
