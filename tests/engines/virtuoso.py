"""A Virtuoso of our own, which is gone afterwards with everything that it wrote.

The server is `virtuoso-t` of Debian's package virtuoso-opensource-7-bin, which installs no service.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import pyoxigraph as ox

from poem_kg.errors import ToolMissing
from tests.engines.compare import Row

PACKAGE: Final = "virtuoso-opensource-7-bin"
START_SECONDS: Final = 60
ANSWER_SECONDS: Final = 60
SQL_PORT: Final = "127.0.0.1:1111"
HTTP_PORT: Final = "127.0.0.1:8890"

# `read` ends when we close our end of the pipe, or when the kernel does because we are gone. So no
# server outlives the test, however that ends.
_RUN: Final = """\
exec 3<&0
(read -r _ <&3; kill -9 $$) >/dev/null 2>&1 &
exec "$0" +foreground +configfile virtuoso.ini </dev/null 3<&-
"""

# Whatever the environment says about proxies, this goes to the loopback address.
_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Virtuoso:
    """A running server with an empty store, in a `with` statement.

    Args:
        folder: where the database is made.
        configuration: the text of `virtuoso.ini`, with `SQL_PORT` and `HTTP_PORT` in it; free
            ports of the loopback address take their place.

    Raises:
        ToolMissing: Debian's package is not installed.
        RuntimeError: the server did not start.
    """

    def __init__(self, folder: Path, configuration: str) -> None:
        self._server = tool("virtuoso-t")
        self._isql = tool("isql-vt")
        self._folder = folder
        self._sql, self._http = free_ports(2)
        for port in (SQL_PORT, HTTP_PORT):
            assert port in configuration
        text = configuration.replace(SQL_PORT, self._sql).replace(HTTP_PORT, self._http)
        (folder / "virtuoso.ini").write_text(text, encoding="utf-8")

    def __enter__(self) -> Virtuoso:
        with (self._folder / "output").open("wb") as output:
            self.process = subprocess.Popen(
                ["sh", "-c", _RUN, self._server],
                cwd=self._folder,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    @property
    def endpoint(self) -> str:
        """Where it answers queries."""
        return f"http://{self._http}/sparql"

    def sql(self, text: str) -> str:
        """Run a script with the client, as the administrator, and return what it prints.

        Raises:
            RuntimeError: the server refused a statement.
        """
        done = subprocess.run(
            [self._isql, self._sql, "dba", "dba", "VERBOSE=OFF", "BANNER=OFF", "PROMPT=OFF"],
            input=text,
            check=False,
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS,
        )
        if done.returncode or done.stderr.strip():
            raise RuntimeError(done.stderr.strip() or done.stdout.strip())
        return done.stdout.strip()

    def select(self, query: str, *, graphs: Iterable[str] = ()) -> list[Row]:
        """Return the rows of a SELECT or ASK in the server's order, columns as projected.

        Args:
            query: the text.
            graphs: what the default graph is merged from; all graphs where none is given.

        Raises:
            RuntimeError: the server refused the query.
        """
        fields = [("query", query), *(("default-graph-uri", graph) for graph in graphs)]
        request = urllib.request.Request(
            self.endpoint,
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Accept": "application/sparql-results+json"},
        )
        try:
            with _OPENER.open(request, timeout=ANSWER_SECONDS) as answer:
                found = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise RuntimeError(error.read().decode(errors="replace")) from None
        names = found["head"]["vars"]
        return [
            tuple(term(row[name]) if name in row else None for name in names)
            for row in found["results"]["bindings"]
        ]

    def _wait(self) -> None:
        host, port = self._sql.split(":")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                # It is opened last, so the one for HTTP is there as well.
                socket.create_connection((host, int(port)), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        output = (self._folder / "output").read_text(errors="replace").strip()
        raise RuntimeError(f"Virtuoso did not start: {output.splitlines()[-1:]}")

    def _end(self) -> None:
        # Nobody reads the database again, so no time is spent on closing it well.
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.kill()
        self.process.wait(timeout=START_SECONDS)
        for path in self._folder.glob("virtuoso*.*db"):
            path.unlink()  # pytest keeps the folders of three runs, and a database has 50 MB


def tool(name: str) -> str:
    """Return the path of a program of the package.

    Raises:
        ToolMissing: it is not installed.
    """
    path = shutil.which(name)
    if path is None:
        raise ToolMissing(f"{name} is not on the PATH; run: apt-get install {PACKAGE}")
    return path


def free_ports(count: int) -> list[str]:
    """Return ports of the loopback address on which nobody listens, as HOST:PORT."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return ["{}:{}".format(*one.getsockname()) for one in sockets]
    finally:
        for one in sockets:
            one.close()


def term(found: Mapping[str, Any]) -> str:
    """Return a term of the JSON results as N-Triples text."""
    kind, value = found["type"], found["value"]
    if kind == "uri":
        return str(ox.NamedNode(value))
    if kind == "bnode":
        return f"_:{value}"
    if "xml:lang" in found:
        return str(ox.Literal(value, language=found["xml:lang"]))
    datatype = found.get("datatype")
    return str(ox.Literal(value, datatype=None if datatype is None else ox.NamedNode(datatype)))
