"""The watch sees what it is there to see: each kind of misdeed is done once, and noted."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.conftest import Kept, Visits, visits_to
from tests.server.running import Running

POLICY = "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
OPEN = "default-src * 'unsafe-inline' data:"
ICON = "<link rel=icon href=data:,>"
"""Without one, Chromium asks for /favicon.ico."""
MISDEEDS = {
    "an inline script": (POLICY, "<script>document.title = 'x'</script>", "policy: script-src"),
    "a style of an element": (POLICY, "<p style='color: red'>x", "policy: style-src"),
    "a picture from elsewhere": (OPEN, "<img src=http://x.example/a.png>", "a request to"),
    "a link to a font elsewhere": (
        POLICY,
        "<link rel=preconnect href=https://x.example>",
        "<link href> leads to",
    ),
    "a form that leads elsewhere": (
        POLICY,
        "<form action=https://x.example/></form>",
        "<form action> leads to",
    ),
    "an error in a script": (OPEN, "<script>nothing.at.all</script>", "an error: "),
    "an error in the console": (OPEN, "<script>console.error('told')</script>", "told"),
    "a rejected promise": (OPEN, "<script>Promise.reject(new Error('no'))</script>", "an error"),
    "a file that is not there": (OPEN, "<script src=static/none.js></script>", "status of 404"),
    "a dialog": (OPEN, "<script>alert('hello')</script>", "a alert: hello"),
    "the canary": (OPEN, "<script>window.__xss = 1</script>", "canary"),
    "markup of a stranger": (POLICY, "<xss-canary>", "markup of a stranger"),
    "a handler": (POLICY, "<img alt=x onclick=go()>", "<img onclick>"),
    "a link that runs": (POLICY, "<a href=' JavaScript:alert(1)'>x</a>", "a link leads to"),
    "local storage": (OPEN, "<script>localStorage.a = 1</script>", "localStorage holds a"),
    "session storage": (OPEN, "<script>sessionStorage.a = 1</script>", "sessionStorage holds a"),
    "a database": (OPEN, "<script>indexedDB.open('a')</script>", "IndexedDB holds a"),
    "a cookie": (OPEN, "<script>document.cookie = 'a=1'</script>", "a cookie"),
}


@pytest.fixture(scope="module")
def sinner(browser: Browser, service: Running) -> Iterator[Visits]:
    """One page for all misdeeds; nobody minds what is left of them."""
    visits = Visits(browser, service.url)
    visits.page()
    yield visits
    visits.close()


def noted(visits: Visits, note: str) -> str:
    """What the check tells within some seconds, at the latest once it tells of a note."""
    told = ""
    until = time.monotonic() + 5
    while note not in told and time.monotonic() < until:
        with pytest.raises(AssertionError) as error:
            visits.check()
        told = str(error.value)
    return told


@pytest.mark.parametrize("name", MISDEEDS)
def test_a_misdeed_is_noted(name: str, sinner: Visits) -> None:
    policy, body, note = MISDEEDS[name]
    (page,) = sinner.pages

    def answer(route: Route) -> None:
        headers = {"content-security-policy": policy, "content-type": "text/html"}
        route.fulfill(headers=headers, body=f"<!DOCTYPE html><title>x</title>{ICON}{body}")

    page.route("**/misdeed", answer)
    page.goto(f"{sinner.url}misdeed")
    told = noted(sinner, note)
    page.unroute("**/misdeed")
    page.evaluate("[localStorage.clear(), sessionStorage.clear(), indexedDB.deleteDatabase('a')]")
    page.context.clear_cookies()
    sinner.watch(page).notes.clear()

    assert note in told


@pytest.mark.parametrize("status", [500, 503])
def test_a_broken_answer_is_noted(status: int, sinner: Visits) -> None:
    (page,) = sinner.pages
    page.route("**/broken", lambda route: route.fulfill(status=status, body="<p>x"))
    page.goto(f"{sinner.url}broken")

    told = noted(sinner, f"status {status}")
    sinner.watch(page).notes.clear()

    assert f"status {status}" in told


def test_a_page_that_does_nothing_wrong_is_left_alone(visits: Visits) -> None:
    page = visits.page()
    page.route("**/nothing", lambda route: route.fulfill(body=f"{ICON}<p>x"))
    page.goto(f"{visits.url}nothing")

    assert visits.watch(page).requests == [f"{visits.url}nothing"]


def test_a_context_that_serves_again_is_watched_again(browser: Browser, service: Running) -> None:
    kept: Kept = {}
    with visits_to(browser, service.url, kept) as visits:
        visits.watch(visits.page("")).allow(500)
    ((context, watch),) = kept.values()

    visits = Visits(browser, service.url, kept)
    page = visits.page("")
    assert page.context is context
    assert watch.allowed == set()
    page.evaluate("localStorage.a = 1")
    with pytest.raises(AssertionError, match="localStorage holds a"):
        visits.check()
    visits.close()

    assert kept == {}, "what a page left behind must not come to the next test"
