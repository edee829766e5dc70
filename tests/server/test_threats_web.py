"""What a web client can write into an address, a parameter or a header leads nowhere else."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from poem_kg.asking import Parameter, needs_patient, parameters
from poem_kg.service.queries import offered, short_name
from tests.server.client import (
    Reply,
    ask,
    check_protected,
    check_refused,
    post,
    raw,
    send,
)
from tests.server.conftest import FRIEND
from tests.server.running import ROOT, Running

MARKUP = "<script>alert('x')</script>"
PAYLOADS = (
    "'",
    '"',
    '"""',
    "' OR '1'='1",
    '" } UNION { ?term ?property ?name } #',
    "> . ?s ?p ?o . <urn:x",
    "} # ",
    "\\",
    "\\u0022 }",
    "\n} UNION { ?s ?p ?o }",
    "\r\nSet-Cookie: a=b",
    "\u202e",
    "?text",
    "$text",
    "UNDEF",
    "(1+1)",
    "<urn:x>",
    '"x"@en',
    '"1"^^<http://www.w3.org/2001/XMLSchema#integer>',
    "{{7*7}}",
    "%s%n",
    MARKUP,
    "x" * 20_000,
)
CLIMBS = (
    "..",
    "../..",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%252e%252e%252fetc%252fpasswd",
    "..%5c..%5cetc%5cpasswd",
    "..\\..\\etc\\passwd",
    "%c0%ae%c0%ae%c0%afetc%c0%afpasswd",
    "..%c0%af..%c0%afetc/passwd",
    "..%00/etc/passwd",
    "style.css%00.ttl",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "....//....//etc/passwd",
    "..;/etc/passwd",
    "file:///etc/passwd",
    "%66ile:%2f%2f/etc/passwd",
    ".git/config",
    "..%2fpyproject.toml",
    "~root",
    "C:%5cWindows",
    "con",
    "%ff",
    "%u002e%u002e/",
    "a" * 10_000,
)
PLACES = ("/static/", "/queries/", "/api/", "/ontology/", "/statement/", "/", "//", "/dataset/")


def test_a_parameter_is_a_term_and_never_a_piece_of_the_query(service: Running) -> None:
    cases = 0
    for query in offered():
        if needs_patient(query):
            continue
        for parameter in parameters(query):
            for payload in PAYLOADS if cases < 3 * len(PAYLOADS) else PAYLOADS[4:8]:
                check_bound(service, f"/queries/{short_name(query)}", parameter, payload)
                cases += 1
    print(f"{cases} parameters with a payload")


def check_bound(service: Running, path: str, parameter: Parameter, payload: str) -> None:
    reply = send(service, f"{path}?{urlencode({parameter.name: payload})}")
    if reply.status != 200:
        check_refused(reply, 400, 413)
        return
    found = json.loads(reply.body)["results"]["bindings"]
    assert all(row[parameter.name]["value"] == payload for row in found), (path, payload)
    if parameter.type != "string" or len(payload) > 5:
        assert not found, (path, payload)


def test_a_parameter_that_is_not_declared_is_refused(service: Running) -> None:
    for name in ("query", "update", "default-graph-uri", "TEXT", "?text", "text }", "", MARKUP):
        check_refused(send(service, f"/queries/find-a-term?{urlencode({name: 'x'})}"), 400)


def test_no_address_leads_to_a_file(service: Running) -> None:
    for place in PLACES:
        for climb in CLIMBS:
            for method in ("GET", "POST") if place in ("/api/", "/queries/") else ("GET",):
                data = f"{method} {place}{climb} HTTP/1.1\r\nHost: localhost\r\n"
                data += "Content-Length: 0\r\nConnection: close\r\n\r\n"
                answer = raw(service, data.encode())
                assert re.match(rb"HTTP/1.1 (30[38]|400|404|405) ", answer), (place, climb, answer)
                for leak in (b"root:", b"[core]", b"[project]", b"Traceback", str(ROOT).encode()):
                    assert leak not in answer, (place, climb)
    print(f"{len(PLACES) * len(CLIMBS)} addresses that climb")


def test_markup_never_comes_back_as_markup(service: Running) -> None:
    marked = quote(MARKUP)
    replies = [
        send(service, f"/{marked}", Accept="text/html"),
        send(service, f"/ontology/{marked}.html", Accept="text/html"),
        send(service, f"/ontology/?imports={marked}", Accept="text/html"),
        send(service, f"/queries?x={marked}", Accept="text/html"),
        send(service, f"/queries/{marked}", Accept="text/html"),
        send(service, f"/queries/find-a-term?text={marked}", Accept="text/html, */*;q=0.1"),
        send(service, f"/queries/find-a-term?{marked}=1", Accept="text/html"),
        send(service, f"/static/{marked}", Accept="text/html"),
        send(service, f"/sparql?query={marked}", Accept="text/html"),
        send(service, f"/sparql?query=ASK%20{{}}&default-graph-uri={marked}", Accept="text/html"),
        send(service, "/ontology/", Accept=MARKUP),
        send(service, "/ontology/", Accept="text/html", Referer=MARKUP, User_Agent=MARKUP),
        ask(service, f"SELECT ('{MARKUP.replace(chr(39), '')}' AS ?x) {{}}", accept="*/*"),
        post(service, "recommend", f"<urn:a> <urn:b> '{MARKUP}", Accept="text/html, */*;q=0.1"),
        post(service, "explain", MARKUP, Accept="image/svg+xml"),
        post(service, f"recommend?{marked}=1", "", Accept="text/html"),
        post(service, f"explain?option={marked}", "<urn:a> <urn:b> <urn:c> ."),
    ]
    for reply in replies:
        check_protected(reply)
        if reply.media_type in ("text/html", "image/svg+xml"):
            assert b"alert(" not in reply.body
        elif reply.status != 200:
            assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    print(f"{len(replies)} ways to send markup")


@pytest.fixture(scope="module")
def spiked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service whose own labels and definitions hold markup and links that run something."""
    folder = tmp_path_factory.mktemp("spiked") / "ontology"
    shutil.copytree(ROOT / "ontology", folder)
    label = re.compile(r'(rdfs:label|skos:definition) "(?=[^"])')
    for path in folder.rglob("*.ttl"):
        text = path.read_text(encoding="utf-8")
        spike = f'"{MARKUP}<img src=x onerror=alert(1)>\\"onload=alert(2) '
        path.write_text(label.sub(rf"\1 {spike}".replace('\\"', '\\\\"'), text), encoding="utf-8")
    with Running("--workers", "1", "--ontology", str(folder)) as running:
        yield running


def test_markup_in_labels_is_shown_as_text(spiked: Running) -> None:
    pages = ["/ontology/", "/ontology/PerOralEndoscopicMyotomy.html"]
    pages += ["/statement/droracle2025-C16.html", "/source/droracle2025.html"]
    pages += ["/ontology/module/disorders.html"]
    seen = 0
    for path in pages:
        reply = send(spiked, path, Accept="text/html")
        assert reply.status == 200 and reply.media_type == "text/html", path
        check_protected(reply)
        text = reply.text
        assert "<script>alert" not in text and "<img src=x" not in text, path
        assert not re.search(r"<[^>]*\sonload=", text), path
        seen += text.count("alert(")
    assert seen > 20, "the labels are not on the pages"
    print(f"{len(pages)} pages show {seen} pieces of markup as text")


def test_no_page_needs_more_than_what_is_local(service: Running) -> None:
    for path in ("/ontology/", "/ontology/PerOralEndoscopicMyotomy.html"):
        text = send(service, path, Accept="text/html").text
        assert not re.search(r"<script(?![^>]*type=\"application/ld\+json\")", text), path
        assert not re.search(r'\son\w+="|style="|javascript:|<iframe|<object|<embed', text), path
        assert not re.search(r'<(?:link|img|script)[^>]*(?:src|href)="(?:https?:)?//', text), path


def test_no_other_site_may_read_answers_unless_it_is_named(service: Running) -> None:
    for origin in ("https://evil.example", "null", "http://localhost:1"):
        for path in ("/sparql", "/ontology/", "/health", "/nowhere"):
            reply = send(service, path, Origin=origin)
            assert not [n for n in reply.headers if n.startswith("access-control")]
        reply = send(
            service, "/sparql", method="OPTIONS", Origin=origin,
            Access_Control_Request_Method="POST",
        )  # fmt: skip
        check_refused(reply, 405)
        assert not [name for name in reply.headers if name.startswith("access-control")]


def test_the_site_that_is_named_may_read_answers_without_credentials(
    open_to_a_friend: Running,
) -> None:
    running = open_to_a_friend
    told = send(running, "/health", Origin=FRIEND).headers
    assert told["access-control-allow-origin"] == FRIEND
    assert "access-control-allow-credentials" not in told
    for origin in ("https://evil.example", f"{FRIEND}.evil.example", "https://friend", "null"):
        assert "access-control-allow-origin" not in send(running, "/health", Origin=origin).headers
    for origin in (FRIEND, "https://evil.example"):
        reply = send(
            running, "/sparql", method="OPTIONS", Origin=origin,
            Access_Control_Request_Method="POST",
        )  # fmt: skip
        check_protected(reply)
        assert ("access-control-allow-origin" in reply.headers) == (origin == FRIEND)


def test_only_the_names_of_the_service_are_answered_to(service: Running) -> None:
    port = service.port
    good = (
        "localhost",
        "LOCALHOST",
        f"localhost:{port}",
        "127.0.0.1",
        f"127.0.0.1:{port}",
        "[::1]",
    )
    bad = (
        "evil.example",
        "localhost.evil.example",
        "evil.example:80",
        "evil.localhost",
        "localhost@evil.example",
        "localhost/evil",
        "127.0.0.2",
        "0.0.0.0",
        "2130706433",
        "127.1",
        "[::]",
        "[",
        "localhost,evil.example",
        "localhost evil.example",
        "",
    )
    for host in good:
        assert send(service, "/health", Host=host).status == 200, host
    for host in bad:
        for path in ("/health", "/sparql?query=ASK%20%7B%7D", "/ontology/"):
            reply = send(service, path, Host=host)
            assert reply.status == 400, host
            assert reply.media_type == "text/plain" and b"evil" not in reply.body
            assert "location" not in reply.headers
            check_protected(reply)
    for lines in (b"", b"Host: localhost\r\nHost: evil.example\r\n"):
        answer = raw(service, b"GET /health HTTP/1.1\r\n" + lines + b"Connection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400 ")
    forwarded = send(
        service, "/ontology/AchalasiaTypeI", X_Forwarded_Host="evil.example", Forwarded="host=evil"
    )
    assert forwarded.status == 303 and "evil" not in json.dumps(forwarded.headers)
    print(f"{len(good)} good names, {len(bad) + 2} bad ones")


def test_a_header_never_holds_what_was_sent(service: Running) -> None:
    split = quote("x\r\nSet-Cookie: a=b\r\n\r\n<html>")
    for path in (f"/ontology/{split}", f"/queries/{split}", f"/{split}/", f"/ontology/?{split}"):
        reply = send(service, path)
        assert "set-cookie" not in reply.headers, path
        check_protected(reply)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW"])
def test_a_method_that_is_not_offered_is_refused(service: Running, method: str) -> None:
    for path in ("/sparql", "/ontology/", "/api/recommend", "/queries", "/health", "/static/x"):
        data = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        answer = raw(service, data.encode())
        assert re.match(rb"HTTP/1.1 (400|405) ", answer), answer
        assert b"nosniff" in answer


def test_every_answer_protects_its_reader(service: Running) -> None:
    replies: list[Reply] = [
        send(service, path)
        for path in (
            "/", "/sparql", "/queries", "/queries/find-a-term", "/openapi.json", "/health",
            "/metrics", "/ontology/", "/ontology", "/ontology/AchalasiaTypeI", "/nowhere",
            "/static/nothing", "/api/recommend", "/.well-known/void",
        )
    ]  # fmt: skip
    for reply in replies:
        check_protected(reply)
    tag = send(service, "/ontology/").headers["etag"]
    unchanged = send(service, "/ontology/", If_None_Match=tag)
    assert unchanged.status == 304 and not unchanged.body
    check_protected(unchanged)


def test_a_page_of_answers_shows_markup_as_text(service: Running) -> None:
    spike = "</title></code></pre></textarea><script>alert(1)</script><img src=x onerror=alert(2)>"
    iri = "javascript:alert(3)"
    queries = (
        f"SELECT ('{spike}' AS ?x) ('{spike}'@en AS ?y) {{}}",
        f"SELECT (<{iri}> AS ?x) (<data:text/html,alert(4)> AS ?y) {{}}",
        "SELECT (<http://e.org/%22onload=alert(5)'x> AS ?x) {}",
        f"ASK {{}} # {spike}",
        f"CONSTRUCT {{ <{iri}> <urn:p> '{spike}' }} {{}}",
    )
    for query in queries:
        for path in (f"/sparql?{urlencode({'query': query})}",):
            reply = send(service, path, Accept="text/html")
            check_protected(reply)
            assert reply.status == 200 and reply.media_type == "text/html", reply.text
            for harm in ("<script", "<img", 'href="javascript', 'href="data', '"onload='):
                assert harm not in reply.text.lower(), (query, harm)
    for name in ("text", spike):
        reply = send(
            service, f"/queries/find-a-term?{urlencode({name: spike})}", Accept="text/html"
        )
        check_protected(reply)
        assert reply.status in (200, 400)
        assert reply.status == 400 or "<script" not in reply.text
    print(f"{len(queries) + 2} pages of answers")


def test_a_form_leads_to_the_service_alone(service: Running) -> None:
    for path in ("/sparql", "/queries"):
        reply = send(service, path, Accept="text/html")
        assert "form-action 'self'" in reply.headers["content-security-policy"]
        assert not re.search(r'<form[^>]*action="(?:https?:)?//', reply.text)
