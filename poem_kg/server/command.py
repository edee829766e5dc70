"""`poem-kg serve`: the listener and its workers, until somebody stops them."""

from __future__ import annotations

import asyncio
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pyoxigraph as ox
from uvicorn import Config, Server

from poem_kg.errors import InputError
from poem_kg.server.app import Access, Listener
from poem_kg.server.caching import Cache
from poem_kg.server.logs import take_over, tell
from poem_kg.server.metrics import Metrics
from poem_kg.server.plan import Pacing, Plan
from poem_kg.server.protocol import HEADERS, DeadlineProtocol
from poem_kg.server.serving import Serving
from poem_kg.server.watching import HEAD_BYTES

_UNPARSED_BYTES: Final = HEAD_BYTES + 16_000
"""The most bytes of a head that is not whole yet: past that nobody waits for its end."""
_OWN_FILES: Final = 200
"""How many files the listener may need beside its clients: workers, also those of two versions."""
STOP_SECONDS: Final = 12
"""How long calls at work may take to end when the service is stopped."""
_EVERYWHERE: Final = ("0.0.0.0", "::")


def run_command(
    *,
    host: str,
    port: int,
    public_url: str | None,
    hosts: tuple[str, ...],
    origins: tuple[str, ...],
    workers: int,
    ontology: Path | None,
    store: str | None,
    store_graphs: tuple[str, ...],
) -> None:
    """Serve as the options of the command line say; they are told there.

    Raises:
        InputError: an option cannot be used.
        KnowledgeError: the knowledge cannot be used.
    """
    for option, urls in (
        ("--public-url", (public_url,) if public_url else ()),
        ("--store", (store,) if store else ()),
        ("--cors", origins),
    ):
        for url in urls:
            _check_url(option, url)
    for graph in store_graphs:
        try:
            ox.NamedNode(graph)
        except ValueError:
            raise InputError(f"--store-graph {graph}", "is no IRI", "write it in full") from None
    listening = listening_socket(host, port)
    port = listening.getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    url = public_url or f"http://{'localhost' if host in _EVERYWHERE else name}:{port}/"
    told = {urlsplit(url).hostname or host, *hosts, *Access().hosts}
    plan = Plan(
        url=url.rstrip("/") + "/",
        ontology=ontology,
        store=store,
        store_graphs=store_graphs,
        pacing=Pacing(workers=workers),
    )
    serve(plan, Access(hosts=tuple(sorted(told)), origins=origins), listening)


def _check_url(option: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(
            f"{option} {url}", "is no web address", "begin it with http:// or https://"
        )


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes a free one.

    Raises:
        InputError: the address cannot be had.
    """
    place = f"--host {host} --port {port}"
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Told the protocol, asyncio sends small answers at once, else 40 ms late (TCP_NODELAY).
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(1024)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(place, f"cannot be listened on ({reason})", "name another one") from None
    return listening


def serve(plan: Plan, access: Access, listening: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP reads the knowledge again.

    Args:
        plan: what to serve.
        access: who may reach it.
        listening: where it listens.

    Raises:
        KnowledgeError: the knowledge cannot be used.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something to read again
    asyncio.run(_serve(plan, access, listening))


async def _serve(plan: Plan, access: Access, listening: socket.socket) -> None:
    take_over()
    access = replace(access, connections=fitting(access.connections))
    serving = Serving(plan, tell)
    await serving.open()
    # What another store holds may change at any time, and nobody tells us.
    cache = Cache(most=0) if plan.store else Cache()
    listener = Listener(serving, Metrics(), access, cache)
    server = http_server(listener, plan.url)
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[bool]] = set()

    def reload() -> None:
        task = asyncio.create_task(serving.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    def stop() -> None:
        server.force_exit = server.should_exit  # the second time means now
        server.should_exit = True

    loop.add_signal_handler(signal.SIGHUP, reload)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    host, port = listening.getsockname()[:2]
    tell("listening", host=host, port=port, url=plan.url)
    if sys.stdout.isatty():  # for people; programs read the log
        sys.stdout.write(f"{plan.url}  Ctrl-C ends it\n")
    try:
        await server.serve(sockets=[listening])
    finally:
        await serving.close()


def fitting(connections: int) -> int:
    """Raise the limit on open files as far as needed; return how many clients fit below it.

    Args:
        connections: how many clients there may be.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OWN_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return connections
    return min(connections, max(soft - _OWN_FILES, soft // 2))


def http_server(listener: Listener, url: str) -> Server:
    """Return the HTTP server, ready to run.

    Args:
        listener: what answers.
        url: where the service is reached.
    """
    config = Config(
        listener.app(url),
        http=DeadlineProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        headers=list(HEADERS),
        proxy_headers=False,
        limit_concurrency=listener.access.connections,
        h11_max_incomplete_event_size=_UNPARSED_BYTES,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return _Server(config)


class _Server(Server):
    """A server that leaves signals to us: uvicorn would end the process before the workers."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
