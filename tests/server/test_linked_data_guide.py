"""The calls of the linked-data guide are answered as it says."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.server.running import Running

GUIDE = Path(__file__).parents[2] / "docs" / "linked-data.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CALLS = [
    call
    for block in BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    for call in re.split(r"^(?=curl )", block, flags=re.MULTILINE)
    if call.strip()
]
TRIES = 8
"""How often a call is made that a busy machine makes too long: what it makes ready is kept."""
ACCEPT = re.compile(r"-H 'Accept: ([^']+)'")


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.split("\n")[0][5:60])
def test_a_call_is_answered(service: Running, call: str) -> None:
    command = call.replace("http://localhost:8000/", service.url)
    told = " -sS -o body -w '%{http_code} %{content_type}'"

    for _ in range(TRIES):
        done = subprocess.run(
            ["bash", "-c", f"cd $(mktemp -d) && {command.rstrip()}{told} && echo && cat body"],
            capture_output=True,
            text=True,
            check=False,
        )
        head, _, body = done.stdout.partition("\n")
        if not head.startswith("503 "):
            break

    assert done.returncode == 0 and head.startswith("200 "), done.stdout + done.stderr
    for kind in ACCEPT.findall(call):
        assert kind in head
    assert len(body) > 60, body


def test_the_guide_has_calls() -> None:
    assert len(CALLS) >= 9
