"""What a query must be before it runs: small, not too deep, and without a way out of the store."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from poem_kg.errors import InputError, LimitExceeded
from poem_kg.limits import Limits

_RECURSION: Final = 200_000
_STACK_BYTES: Final = 256 * 1024 * 1024

_FROM: Final = re.compile(r"(?<![\w:?$@.-])from(?![\w:-])")
_ESCAPE: Final = re.compile(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}")

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


def admit_query(text: str, *, name: str, limits: Limits, base: str | None = None) -> frozenset[str]:
    """Check a query text, and return the graphs that its FROM clauses name.

    SERVICE is looked for in the parsed query, because a search in the text is fooled by escapes.
    That takes long, so a text in which it cannot stand, however it is written, is not parsed here,
    unless it has a FROM; whether it is a query at all is for the engine to say. Call it in a
    process that may be killed.

    Args:
        text: the query.
        name: what to call it in messages.
        limits: the most bytes and the deepest nesting.
        base: what relative IRIs are relative to.

    Raises:
        LimitExceeded: the text is too long or nested too deeply.
        InputError: it cannot be parsed, or it asks another server.
    """
    if len(text.encode(errors="surrogatepass")) > limits.query_bytes:
        raise LimitExceeded(name, f"is longer than {limits.query_bytes} bytes", "shorten the query")
    _check_nesting(text, name, limits)
    plain, before = text, ""
    while plain != before:  # an escape may stand for the beginning of another
        plain, before = _ESCAPE.sub(_unescaped, plain), plain
    plain = plain.casefold()
    # Of FROM nothing hangs but that a graph which is not there is told, so names may hide the word.
    has_from = "from" in plain and _FROM.search(_TOKENS.sub(_bare, plain))
    if "service" not in plain and not has_from:
        return frozenset()
    try:
        parsed = _parsed(text, name)
    except InputError:
        if "service" in plain:
            raise
        return frozenset()  # the engine tells what is wrong, or takes what this parser does not
    if any(part == "ServiceGraphPattern" for part in _parts(parsed)):
        raise _asks_elsewhere(name)
    return _graphs(parsed, base)


def _bare(token: re.Match[str]) -> str:
    """What stays of a token where only words are looked for: brackets."""
    return token[0] if token.lastgroup else " "


def _unescaped(escape: re.Match[str]) -> str:
    """The character that an escape stands for (SPARQL 1.1, section 19.2)."""
    number = int(escape[0][2:], 16)
    return chr(number) if number < 0x110000 else escape[0]


def _parsed(text: str, name: str) -> Any:
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.parser import parseQuery

    # The parser calls itself several times for each level of nesting and for each pattern.
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION))
    try:
        with _service_ends_parsing():
            return _in_roomy_thread(parseQuery, text)
    except _AsksElsewhereError:
        raise _asks_elsewhere(name) from None
    except ParseBaseException as error:
        raise InputError(
            f"{name}:{error.lineno}", f"is no SPARQL query ({error.msg})", "correct it there"
        ) from None
    except RecursionError:
        raise InputError(
            name, "cannot be searched for SERVICE", "write it with less nesting and fewer patterns"
        ) from None
    except Exception as error:  # the parser raises whatever its actions raise
        raise InputError(name, f"is no SPARQL query ({error})", "correct it") from None
    finally:
        sys.setrecursionlimit(before)


class _AsksElsewhereError(Exception):
    """A SERVICE was read."""


def _asks_elsewhere(name: str) -> InputError:
    return InputError(name, "asks another server with SERVICE", "ask this graph only")


@contextmanager
def _service_ends_parsing() -> Iterator[None]:
    """End parsing at the first SERVICE: on one inside another rdflib calls itself for ever."""
    from rdflib.plugins.sparql.parser import ServiceGraphPattern

    def end() -> None:
        raise _AsksElsewhereError

    inside = ServiceGraphPattern.expr
    before = list(inside.parseAction)
    inside.add_parse_action(end)
    try:
        yield
    finally:
        inside.parseAction[:] = before


def _graphs(parsed: Any, base: str | None) -> frozenset[str]:
    """The graphs of FROM and FROM NAMED in full; what cannot be resolved is left to the engine."""
    from rdflib.plugins.sparql.algebra import translatePrologue

    try:
        prologue = translatePrologue(parsed[0], base)
        clauses = parsed[1].get("datasetClause") or ()
        return frozenset(
            str(prologue.absolutize(clause.default or clause.named)) for clause in clauses
        )
    except Exception:  # an undeclared prefix, of which the engine tells
        return frozenset()


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
