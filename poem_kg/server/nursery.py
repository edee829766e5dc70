"""The nursery: a process that holds one version of the knowledge and forks workers from it.

It has one thread and no event loop, so that a fork copies nothing that is half done. It starts a
worker when the listener asks, hands over one end of a socket to it, and tells how workers ended.
It ends when the listener does, and its workers with it.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping
from typing import Final

from poem_kg.errors import PoemKgError
from poem_kg.processes import die_with
from poem_kg.server.plan import Plan
from poem_kg.server.wire import receive
from poem_kg.server.worker import work
from poem_kg.service.service import Service

CONTROL: Final = 3
"""The descriptor on which a nursery finds its socket to the listener."""
_NICE: Final = 10
_DONE: Final = object()
_ENDED_FIRST: Final = 800
"""For Linux: where memory runs out, a worker ends before the listener does."""


def main() -> None:
    """Build what the plan says, tell that it is ready, and do what the listener asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    control = socket.socket(fileno=CONTROL)
    plan: Plan = receive(control)
    die_with(os.getppid())
    try:
        service = build(plan)
    except PoemKgError as error:
        _tell(control, {"failed": str(error)})
        return
    gc.freeze()
    published = service.published
    ready = {"ready": published.digest, "version": published.version}
    if service.store is not None:
        ready["stored"] = service.store.version(plan.limits)
    _tell(control, ready)
    Nursery(control, service, plan).run()


def build(plan: Plan) -> Service:
    """Return the service that a plan describes, warm.

    Raises:
        PoemKgError: the knowledge cannot be used.
    """
    from poem_kg.knowledge_base import KnowledgeBase
    from poem_kg.service.published import publish, publish_data
    from poem_kg.service.remote import RemoteBackend

    # A link is followed once: it may lead elsewhere before all files behind it are read.
    kb = KnowledgeBase.load(ontology=plan.ontology.resolve() if plan.ontology else None)
    published = publish(kb) if plan.data is None else publish_data(kb, plan.data)
    store = RemoteBackend(plan.store, plan.store_graphs) if plan.store else None
    service = Service(published, url=plan.url, store=store, limits=plan.limits)
    service.warm()
    return service


class Nursery:
    """The loop of the process.

    Args:
        control: the socket to the listener.
        service: what workers answer with.
        plan: the limits that they work under.
    """

    def __init__(self, control: socket.socket, service: Service, plan: Plan) -> None:
        self._control = control
        self._service = service
        self._plan = plan
        self._pids: set[int] = set()

    def run(self) -> None:
        """Do what the listener asks until it is gone."""
        woken, waker = socket.socketpair()
        woken.setblocking(False)
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        lines = b""
        steps = self._service.prepare()
        preparing = True
        try:
            while True:
                # The listener does not wait: what takes long is prepared while it asks nothing.
                ready, _, _ = select.select(
                    [self._control, woken], [], [], 0 if preparing else None
                )
                if preparing and not ready:
                    preparing = next(steps, _DONE) is not _DONE
                    if not preparing:
                        gc.freeze()
                        _tell(self._control, {"prepared": 1})
                if woken in ready:
                    woken.recv(4096)
                    self._reap()
                if self._control in ready:
                    data = self._control.recv(65536)
                    if not data:
                        return
                    *asked, lines = (lines + data).split(b"\n")
                    for line in asked:
                        self._do(json.loads(line))
        except (BrokenPipeError, ConnectionResetError):
            return
        finally:
            for pid in self._pids:
                os.kill(pid, signal.SIGKILL)

    def _do(self, asked: dict[str, int]) -> None:
        if "start" in asked:
            self._start()
        pid = asked.get("kill") or asked.get("calm")
        if pid in self._pids:  # else it has ended, and its number may be another's by now
            if "kill" in asked:
                os.kill(pid, signal.SIGKILL)
            else:
                os.setpriority(os.PRIO_PROCESS, pid, _NICE)

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        nursery = os.getpid()
        try:
            pid = os.fork()
        except OSError as error:
            ours.close()
            theirs.close()
            _tell(self._control, {"short": error.strerror or "cannot fork"})
            return
        if pid == 0:
            ours.close()
            self._control.close()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _end_first()
            work(theirs, self._service, self._plan.limits, nursery)
        theirs.close()
        self._pids.add(pid)
        with ours:
            _tell(self._control, {"started": pid}, [ours.fileno()])

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self._pids.discard(pid)
            ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            _tell(self._control, {"ended": pid, "signal": ended_by})


def _end_first() -> None:
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write(str(_ENDED_FIRST))
    except OSError:  # no Linux, or a container that does not let us
        return


def _tell(
    control: socket.socket, message: Mapping[str, object], fds: list[int] | None = None
) -> None:
    line = json.dumps(message).encode() + b"\n"
    if fds:
        sent = socket.send_fds(control, [line], fds)
        line = line[sent:]
    control.sendall(line)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
