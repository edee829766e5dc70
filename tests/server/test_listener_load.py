"""What a client sends takes no time and no memory of the listener that others would miss."""

from __future__ import annotations

import http.client
import time
from concurrent.futures import ThreadPoolExecutor

from poem_kg.server.caching import Cache
from poem_kg.service.model import Answer, Call
from tests.server.client import FORM, check_refused, send
from tests.server.running import Running


def test_a_form_that_takes_long_to_decode_is_refused_before(service: Running) -> None:
    body = "query=" + "%41" * 1_600_000
    with ThreadPoolExecutor(5) as clients:
        posts = [
            clients.submit(send, service, "/sparql", method="POST", body=body, Content_Type=FORM)
            for _ in range(5)
        ]
        worst = 0.0
        while not all(each.done() for each in posts):
            began = time.monotonic()
            assert send(service, "/health").status == 200
            worst = max(worst, time.monotonic() - began)
        for each in posts:
            check_refused(each.result(), 413)
    assert worst < 1, worst  # it was 2.4 before there was a limit


def test_a_client_that_sends_far_too_much_hears_why(service: Running) -> None:
    for chunked in (False, True):
        body = b"x" * 30_000_000
        sent = iter([body[:1_000_000]] * 30) if chunked else body
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=15)
        headers = {"Content-Type": "text/turtle"}
        connection.request("POST", "/api/recommend", sent, headers, encode_chunked=chunked)
        answer = connection.getresponse()
        assert answer.status == 413
        assert answer.read() == b"The body is larger than 5 MB; send less.\n"
        connection.request("GET", "/health")  # the same connection goes on
        assert connection.getresponse().status == 200
        connection.close()


def test_a_long_form_of_a_query_that_may_be_asked_is_answered(service: Running) -> None:
    query = "ASK {} #" + "é" * 31_000
    escaped = "".join(f"%{byte:02X}" for byte in query.encode())
    reply = send(service, "/sparql", method="POST", body=f"query={escaped}", Content_Type=FORM)
    assert reply.status == 200


def test_what_a_client_makes_up_is_not_kept() -> None:
    cache, answer = Cache(), Answer(body=b"x")
    for call in (
        Call(kind="query", path="a", parameters=(("text", "x" * 60_000),)),
        Call(kind="document", path="a", parameters=tuple((f"{n}" * 50, "x") for n in range(100))),
        Call(kind="document", path="x" * 60_000),
        Call(kind="document", accept="x" * 60_000),
    ):
        cache.put("sha256:0", call, answer)
        assert cache.get("sha256:0", call) is None
    call = Call(kind="query", path="a", parameters=(("text", "x" * 50),))
    cache.put("sha256:0", call, answer)
    assert cache.get("sha256:0", call) == answer
