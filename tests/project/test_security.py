"""SECURITY.md names the limits that hold, and tests that are there."""

from __future__ import annotations

import re

import pytest

from poem_kg.limits import DEFAULT_LIMITS
from poem_kg.server.app import FORM_TO_QUERY, Access, Listener
from poem_kg.server.bodies import MOST_FIELDS
from poem_kg.server.command import STOP_SECONDS, http_server
from poem_kg.server.metrics import Metrics
from poem_kg.server.plan import Pacing, Plan
from poem_kg.server.protocol import HEAD_SECONDS, MOST_UNREAD, READING_BYTES, READING_SECONDS
from poem_kg.server.serving import Serving
from poem_kg.server.watching import HEAD_BYTES
from tests.project.tree import ROOT

PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
THREATS = (
    "SERVICE; LOAD; FROM; entity; remote contexts; owl:imports; compressed; nesting; products; "
    "paths; huge results; CONCAT; regular expressions; own recommendations; sameAs; subclass; "
    "switched off; vacuously; ill-typed; extreme literals; illegal IRIs; injection; traversal; "
    "markup; control; bidirectional; CORS; Host; slow; logs; caches; two patients; "
    "entered in error; encoding; cycles; 100,000 items; smuggling; killed; CSV"
)


def listed(under: str) -> dict[str, str]:
    """Return the first two cells of each row of the table after a sentence."""
    text = PAGE.split(under, 1)[1].lstrip("\n").split("\n\n", 1)[0]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in text.splitlines()[2:]]
    return {row[0]: row[1] for row in rows}


def size(count: int) -> str:
    for factor, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= factor:
            return f"{count / factor:g} {unit}"
    return f"{count}"


def test_the_limits_of_a_call_are_those_that_hold() -> None:
    limits = DEFAULT_LIMITS
    assert listed("never cut short in silence.\n") == {
        "one file": size(limits.body_bytes),
        "nesting of brackets or elements": f"{limits.nesting} levels",
        "reading one input, answering one query": (
            f"{limits.seconds:g} s, by the clock and by the processor"
        ),
        "memory of a worker, beyond what its parent holds": size(limits.memory_bytes),
        "text of a query": size(limits.query_bytes),
        "rows of an answer": f"{limits.rows:,}",
        "one result, and one input written out in full": size(limits.result_bytes),
        "one literal": f"{limits.literal_characters:,} characters",
        "uses of a context in one JSON-LD file": f"{limits.context_uses}",
    }


def test_the_limits_of_the_service_are_those_that_hold() -> None:
    access, pacing = Access(), Pacing()
    plan = Plan()
    server = http_server(Listener(Serving(plan, lambda *_, **__: None), Metrics()), plan.url)
    assert server.config.limit_concurrency == access.connections
    expected = {
        "address and headers of a request": size(HEAD_BYTES),
        "a form": size(FORM_TO_QUERY * DEFAULT_LIMITS.query_bytes),
        "fields of a form or an address": f"{MOST_FIELDS}",
        "time for the head of a request to arrive": f"{HEAD_SECONDS:g} s",
        "time for its body to arrive": f"{access.body_seconds:g} s",
        "time for the rest of a body whose request has its answer": f"{HEAD_SECONDS:g} s",
        "an idle connection": f"{server.config.timeout_keep_alive} s",
        "reading an answer": f"{size(READING_BYTES)} in {READING_SECONDS:g} s",
        "all answers that wait to be read": size(MOST_UNREAD),
        "the bodies of all requests that are here": size(access.bodies_bytes),
        "connections, as far as the system lets that many files be open": (
            f"{access.connections:,}"
        ),
        "calls that wait for a worker": f"{pacing.waiting}",
        "time that a call waits for a worker": f"{pacing.patience:g} s",
        "time after which a call gets low priority and another process takes its place": (
            f"{pacing.quick:g} s"
        ),
        "such calls at a time": f"{pacing.slow}",
        "time for calls under way when the service is stopped": f"{STOP_SECONDS} s",
    }
    assert listed("What holds for clients of the service beside that:\n") == expected


@pytest.mark.parametrize("threat", THREATS.split("; "))
def test_each_threat_is_on_the_page(threat: str) -> None:
    assert threat.lower() in PAGE.lower()


def test_the_tests_that_the_page_names_are_there() -> None:
    named = set(re.findall(r"`(tests/[\w./]+)`", PAGE))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`make (\w+)`", PAGE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_links_of_the_page_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert link.startswith("https://") or (ROOT / link).exists(), link
