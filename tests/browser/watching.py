"""What must never happen while a page is used, noticed wherever it happens."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, Response

CANARY: Final = "xss-canary"
"""The name of an element that no page has, unless markup of a stranger became part of it."""
_INIT: Final = """
addEventListener('securitypolicyviolation', event => console.error(
  `policy: ${event.effectiveDirective} forbids ${event.blockedURI}`));
Object.defineProperty(window, '__xss', {
  set() { console.error('canary: a script of a stranger ran') }
});
"""
_LEFT: Final = """async canary => {
  const found = [];
  const here = location.origin;
  const loads = 'link[href], script[src], img[src], iframe, object, embed, source[src], [srcset],'
    + 'form[action], [ping], [background], image, use, base, meta[http-equiv]';
  for (const element of document.querySelectorAll(loads)) {
    for (const name of ['href', 'src', 'action', 'data', 'srcset', 'ping', 'content']) {
      const value = element.getAttribute(name);
      if (value === null || element.tagName === 'LINK' && !loaded(element)) continue;
      const address = new URL(value, document.baseURI);
      if (!['blob:', 'about:'].includes(address.protocol) && address.origin !== here)
        found.push(`<${element.localName} ${name}> leads to ${value.slice(0, 80)}`);
    }
  }
  function loaded(link) {
    return /stylesheet|icon|preload|prefetch|preconnect|manifest|prerender/.test(link.rel);
  }
  for (const element of document.querySelectorAll('a[href], area[href], [*|href]')) {
    const scheme = (element.getAttribute('href') ?? '').trim().toLowerCase().split(':')[0];
    if (['javascript', 'data', 'vbscript', 'file'].includes(scheme))
      found.push(`a link leads to ${element.getAttribute('href').slice(0, 80)}`);
  }
  if (document.querySelector(canary)) found.push('markup of a stranger is part of the page');
  for (const element of document.querySelectorAll('*'))
    for (const attribute of element.attributes)
      if (attribute.name.startsWith('on')) found.push(`<${element.localName} ${attribute.name}>`);
  return found;
}"""
_KEPT: Final = """async () => {
  const found = [];
  for (const [name, kept] of [['localStorage', localStorage], ['sessionStorage', sessionStorage]])
    for (const key of Object.keys(kept)) found.push(`${name} holds ${key}`);
  for (const base of await indexedDB.databases()) found.push(`IndexedDB holds ${base.name}`);
  for (const key of await caches.keys()) found.push(`CacheStorage holds ${key}`);
  for (const worker of await navigator.serviceWorker.getRegistrations())
    found.push(`a service worker for ${worker.scope}`);
  if (document.cookie) found.push('a cookie is set');
  if (window.name) found.push('window.name is set');
  return found;
}"""
_STATUS: Final = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


@dataclass(eq=False)
class Watch:
    """Notes of one browser context; `check` fails where one was made.

    Attributes:
        origin: where the service is, without a slash at its end.
        notes: what happened that must not.
        requests: every address that was asked for.
        allowed: statuses from 400 on that the test means to meet.
    """

    origin: str
    notes: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    allowed: set[int] = field(default_factory=set)

    def attach(self, context: BrowserContext) -> None:
        """Begin to watch."""
        context.add_init_script(_INIT)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.notes.append(f"an error: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)
        context.on("dialog", self._dialog)
        context.on("page", lambda page: page.on("crash", self._crash))
        context.on("page", lambda page: page.on("websocket", self._socket))

    def forget(self) -> None:
        """Begin anew, for the next test."""
        self.notes.clear()
        self.requests.clear()
        self.allowed.clear()

    def allow(self, *statuses: int) -> None:
        """Let answers of these statuses pass, which Chromium also tells in its console."""
        self.allowed.update(statuses)

    def check(self, context: BrowserContext) -> None:
        """Fail where something happened, or where a page has left something behind."""
        for page in context.pages:
            self.look(page)
        for cookie in context.cookies():
            self.notes.append(f"a cookie: {cookie.get('name')}")
        if self.notes:
            raise AssertionError("\n".join(self.notes))

    def look(self, page: Page) -> None:
        """Note what the page holds that it must not."""
        if page.url.startswith(self.origin):
            self.notes += page.evaluate(_LEFT, CANARY)
            self.notes += page.evaluate(_KEPT)

    def _console(self, message: ConsoleMessage) -> None:
        status = _STATUS.match(message.text)
        if message.type in {"error", "warning", "assert"} and not (
            status and int(status[1]) in self.allowed
        ):
            where = message.location.get("url", "")
            self.notes.append(f"{message.type} in the console: {message.text} ({where})")

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme not in {"blob", "about"} and not request.url.startswith(f"{self.origin}/"):
            self.notes.append(f"a request to {request.url[:100]}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 and response.status not in self.allowed:
            self.notes.append(f"status {response.status} of {response.url}")

    def _failed(self, request: Request) -> None:
        # One that was overtaken by the next page is given up, and nothing is wrong with that.
        if request.failure and "ERR_ABORTED" not in request.failure:
            self.notes.append(f"{request.failure} at {request.url[:100]}")

    def _dialog(self, dialog: Dialog) -> None:
        self.notes.append(f"a {dialog.type}: {dialog.message}")
        dialog.dismiss()

    def _crash(self, page: Any) -> None:
        self.notes.append(f"the page {page.url} crashed")

    def _socket(self, socket: Any) -> None:
        self.notes.append(f"a socket to {socket.url}")
