"""Messages between our own processes: a length, then a pickle.

Only processes that we started hold an end of such a socket; what a client sent travels inside as
bytes and text, and is never unpickled itself.
"""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any, Final

HEADER: Final = struct.Struct("!Q")


def packed(message: object) -> bytes:
    """Return a message with its length before it."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(data)) + data


def receive(connection: socket.socket) -> Any:
    """Return the next message.

    Raises:
        EOFError: the other side is gone.
    """
    (length,) = HEADER.unpack(_exactly(connection, HEADER.size))
    return pickle.loads(_exactly(connection, length))


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        chunk = connection.recv(min(count - len(data), 1 << 20))
        if not chunk:
            raise EOFError
        data += chunk
    return bytes(data)
