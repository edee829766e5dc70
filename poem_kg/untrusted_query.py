"""What a query must be before it runs: small, not too deep, and without a way out of the store."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

from poem_kg.errors import InputError, LimitExceeded
from poem_kg.limits import Limits

_RECURSION: Final = 200_000
_STACK_BYTES: Final = 256 * 1024 * 1024

# Strings, IRIs and comments hide brackets; whatever else looks like one of them is an operator.
_TOKENS: Final = re.compile(
    r"""
    \"{3}(?:[^"\\]++|\\.|"(?!""))*+\"{3} | '{3}(?:[^'\\]++|\\.|'(?!''))*+'{3}
  | "(?:[^"\\\r\n]++|\\.)*+" | '(?:[^'\\\r\n]++|\\.)*+'
  | <[^<>"{}|^`\\\x00-\x20]*+>
  | \#[^\r\n]*+
  | (?P<open>[\[({]) | (?P<close>[\])}])
    """,
    re.VERBOSE | re.DOTALL,
)


def admit_query(text: str, *, name: str, limits: Limits) -> None:
    """Check a query text; return when it may run. Call it in a guarded process: parsing takes long.

    SERVICE is looked for in the parsed query, because a search in the text is fooled by escapes.

    Args:
        text: the query.
        name: what to call it in messages.
        limits: the most bytes and the deepest nesting.

    Raises:
        LimitExceeded: the text is too long or nested too deeply.
        InputError: it cannot be parsed, or it asks another server.
    """
    if len(text.encode()) > limits.query_bytes:
        raise LimitExceeded(name, f"is longer than {limits.query_bytes} bytes", "shorten the query")
    _check_nesting(text, name, limits)
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.parser import parseQuery

    # The parser calls itself several times for each level of nesting and for each pattern.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
    try:
        parsed = _in_roomy_thread(parseQuery, text)
    except ParseBaseException as error:
        raise InputError(
            f"{name}:{error.lineno}", f"is no SPARQL query ({error.msg})", "correct it there"
        ) from None
    except Exception as error:  # the parser raises whatever its actions raise
        raise InputError(name, f"is no SPARQL query ({error})", "correct it") from None
    if any(part == "ServiceGraphPattern" for part in _parts(parsed)):
        raise InputError(name, "asks another server with SERVICE", "ask this graph only")


def _in_roomy_thread(function: Callable[[str], Any], text: str) -> Any:
    """Call a function that recurses deeply where the stack is large enough for it."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append(function(text))
        except Exception as error:
            outcome.append(error)

    before = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    if isinstance(outcome[0], Exception):
        raise outcome[0]
    return outcome[0]


def _check_nesting(text: str, name: str, limits: Limits) -> None:
    """Refuse a query on which a parser written in a compiled language would overflow its stack."""
    depth = 0
    for match in _TOKENS.finditer(text):
        if match.lastgroup == "open":
            depth += 1
            if depth > limits.nesting:
                raise LimitExceeded(
                    name, f"nests deeper than {limits.nesting} levels", "simplify the query"
                )
        elif match.lastgroup == "close":
            depth = max(0, depth - 1)


def _parts(node: Any) -> Iterator[str]:
    """Yield the names of all parts of a parsed query."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        name = getattr(current, "name", None)
        if isinstance(name, str):
            yield name
        if isinstance(current, dict):
            waiting.extend(current.values())
        elif isinstance(current, list | tuple) or hasattr(current, "asList"):
            waiting.extend(current)
