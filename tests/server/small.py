"""A service with limits of its own, since the command line sets none.

`python -m tests.server.small JSON` serves until it is stopped; JSON is an object with, each
optional, `limits`, `pacing`, `access` (keywords of these classes) and `protocol` (attributes of
`DeadlineProtocol`, such as `head_seconds`).
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from poem_kg.limits import Limits
from poem_kg.processes import die_with
from poem_kg.server.app import Access
from poem_kg.server.command import listening_socket, serve
from poem_kg.server.plan import Pacing, Plan
from poem_kg.server.protocol import DeadlineProtocol
from tests.server.running import Running


def small(**settings: dict[str, Any]) -> Running:
    """Return a service with such settings, not yet started."""
    return Running(program=("-m", "tests.server.small", json.dumps(settings)))


def main() -> None:
    """Serve as the command line says."""
    die_with(os.getppid())
    settings = json.loads(sys.argv[1])
    for name, value in settings.get("protocol", {}).items():
        assert hasattr(DeadlineProtocol, name), name
        setattr(DeadlineProtocol, name, value)
    listening = listening_socket("127.0.0.1", 0)
    plan = Plan(
        url=f"http://127.0.0.1:{listening.getsockname()[1]}/",
        limits=Limits(**settings.get("limits", {})),
        pacing=Pacing(**settings.get("pacing", {})),
    )
    serve(plan, Access(**settings.get("access", {})), listening)


if __name__ == "__main__":
    main()
