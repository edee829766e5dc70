"""The documentation is part of the service where it was built; where it was not, a page says so."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from poem_kg.server import app as listening
from poem_kg.server.app import Listener
from poem_kg.server.metrics import Metrics
from poem_kg.server.serving import Serving
from poem_kg.service.handbook import site_files
from poem_kg.service.model import Answer, Call
from tests.service.calls import service


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small site in place of that of the package, beside a file that is none of it."""
    folder = tmp_path / "docs"
    (folder / "python").mkdir(parents=True)
    for name in ("index.html", "python/index.html", "a.js", "key.pem"):
        (folder / name).write_text(name)
    (tmp_path / "secret.html").write_text("secret")
    monkeypatch.setattr(listening, "site_files", lambda: site_files(folder))
    return folder


class Pool:
    """Answers calls of workers in this process."""

    digest, edition, version = "sha256:0", 0, "0"
    workers: dict[str, int] = {"idle": 1, "busy": 0}  # noqa: RUF012

    async def run(self, call: Call) -> Answer:
        return service().answer(call)


def ask(path: str, *, method: str = "GET", tag: str = "") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what the listener answers."""
    serving = cast(Serving, SimpleNamespace(pool=Pool(), limits=None))
    application = Listener(serving, Metrics()).app("http://localhost:8000/")
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if len(sent) < 2:
            await asyncio.sleep(0.2)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"if-none-match", tag.encode())],
    }
    asyncio.run(application(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:])


@pytest.mark.parametrize(
    ("path", "name", "kind"),
    [
        ("/docs/", "index.html", "text/html; charset=utf-8"),
        ("/docs/python/", "python/index.html", "text/html; charset=utf-8"),
        ("/docs/a.js", "a.js", "text/javascript; charset=utf-8"),
    ],
)
def test_a_page_of_the_site_is_served(built: Path, path: str, name: str, kind: str) -> None:
    status, headers, body = ask(path)

    assert (status, body, headers["content-type"]) == (200, name.encode(), kind)


def test_links_count_from_the_folder(built: Path) -> None:
    status, headers, _ = ask("/docs")

    assert (status, headers["location"]) == (308, "docs/")


def test_what_a_browser_has_is_not_sent_again(built: Path) -> None:
    tag = ask("/docs/")[1]["etag"]

    assert ask("/docs/", tag=tag)[0] == 304
    assert ask("/docs/", tag='"x"')[0] == 200


@pytest.mark.parametrize(
    "path", ["/docs/nothing.html", "/docs/../secret.html", "/docs/key.pem", "/docs//index.html"]
)
def test_a_path_leads_nowhere_else(built: Path, path: str) -> None:
    status, _, body = ask(path)

    assert status == 404 and b"secret" not in body


def test_a_page_that_went_away_is_missing(built: Path) -> None:
    (built / "index.html").unlink()

    assert ask("/docs/")[0] == 404


def test_the_site_can_only_be_read(built: Path) -> None:
    assert ask("/docs/", method="POST")[0] == 405


def test_without_a_site_a_page_says_how_to_build_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "site_files", lambda: site_files(tmp_path / "none"))

    status, headers, body = ask("/docs/")

    assert status == 404 and headers["content-type"] == "text/html; charset=utf-8"
    assert b"<code>make docs</code>" in body
