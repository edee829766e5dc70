"""Makes a built site keep to `default-src 'self'`: no script or style in a page, no data address.

A theme may put small scripts and styles into its pages, and pictures into its style sheets as
`data:` addresses. Each becomes a file of its own under the same address, named by its content, so
that a page does the same and a browser that is told to trust files alone shows all of it.
"""

from __future__ import annotations

import hashlib
import html
import os
import re
from base64 import b64decode
from pathlib import Path
from typing import Final
from urllib.parse import unquote_to_bytes

from poem_kg.errors import KnowledgeError

FOLDER: Final = "assets/apart"
"""The folder of the site to which scripts, styles and pictures are moved."""
_TAG: Final = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""
_SCRIPT: Final = re.compile(rf"<script({_TAG})>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_STYLE: Final = re.compile(rf"<style({_TAG})>(.*?)</style>", re.DOTALL | re.IGNORECASE)
_START: Final = re.compile(rf"<[a-zA-Z]{_TAG}>")
_STYLED: Final = re.compile(r"""\sstyle\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_CLASS: Final = re.compile(r"""\sclass\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
_HANDLER: Final = re.compile(r"""\son\w+\s*=\s*(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_NO_SCRIPT: Final = re.compile(r"""\stype\s*=\s*["']?(?!module|text/javascript)[\w.+-]+/""")
_DATA: Final = re.compile(r"""url\(\s*(?:"(data:[^"]*)"|'(data:[^']*)'|(data:[^)"']*))\s*\)""")
_MAP: Final = re.compile(r"\n?/[/*]# sourceMappingURL=\S+(?: \*/)?\s*\Z")
_SUFFIX: Final = {"image/svg+xml": "svg", "image/png": "png", "image/gif": "gif"}


class PolicyError(KnowledgeError):
    """The theme does what cannot be moved into a file; the text says where and what."""


def keep_to_policy(site: Path) -> None:
    """Rewrite the pages and style sheets of a built site in place.

    Args:
        site: the folder.

    Raises:
        PolicyError: a page holds a script in an attribute.
    """
    moved = _Moved(site)
    for path in sorted(site.rglob("*.html")):
        path.write_text(_page(path, moved), encoding="utf-8")
    for path in sorted((site / "assets").rglob("*.css")):
        path.write_text(_sheet(path, moved), encoding="utf-8")
    for path in sorted((site / "assets").rglob("*.js")):
        path.write_text(_MAP.sub("\n", path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in (site / "assets").rglob("*.map"):
        path.unlink()


class _Moved:
    """The files that things are moved to."""

    def __init__(self, site: Path) -> None:
        self._site = site

    def to(self, content: bytes, suffix: str, seen_from: Path) -> str:
        """Write a file unless it is there, and return its address seen from another file."""
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
        path = self._site / FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return os.path.relpath(path, seen_from.parent).replace(os.sep, "/")


def _page(path: Path, moved: _Moved) -> str:
    text = path.read_text(encoding="utf-8")
    styles: dict[str, str] = {}

    def script(found: re.Match[str]) -> str:
        attributes, body = found.groups()
        if re.search(r"\ssrc\s*=", attributes) or _NO_SCRIPT.search(attributes):
            return found[0]
        return f'<script{attributes} src="{moved.to(body.encode(), "js", path)}"></script>'

    def style(found: re.Match[str]) -> str:
        return f'<link rel="stylesheet" href="{moved.to(found[2].encode(), "css", path)}">'

    text = _STYLE.sub(style, _SCRIPT.sub(script, text))

    def start(found: re.Match[str]) -> str:
        tag = found[0]
        if _HANDLER.search(tag):
            raise PolicyError(f"{path.name}: {tag[:80]} holds a script; override the template")
        styled = _STYLED.search(tag)
        return _with_class(tag, styled, styles) if styled else tag

    text = _START.sub(start, text)
    if styles:
        sheet = "".join(f".{name}{{{rule}}}\n" for rule, name in sorted(styles.items()))
        href = moved.to(sheet.encode(), "css", path)
        text = text.replace("</head>", f'<link rel="stylesheet" href="{href}"></head>', 1)
    return text


def _with_class(tag: str, styled: re.Match[str], styles: dict[str, str]) -> str:
    """A tag with a class in place of its style."""
    rule = html.unescape(styled[1] if styled[1] is not None else styled[2]).strip()
    name = styles.setdefault(rule, f"s-{hashlib.sha256(rule.encode()).hexdigest()[:8]}")
    tag = tag[: styled.start()] + tag[styled.end() :]
    classed = _CLASS.search(tag)
    if classed is None:
        end = len(tag) - (2 if tag.endswith("/>") else 1)
        return f'{tag[:end]} class="{name}"{tag[end:]}'
    held = next(group for group in classed.groups() if group is not None)
    return f'{tag[: classed.start()]} class="{held} {name}"{tag[classed.end() :]}'


def _sheet(path: Path, moved: _Moved) -> str:
    def picture(found: re.Match[str]) -> str:
        address = next(group for group in found.groups() if group is not None)
        head, _, body = address.removeprefix("data:").partition(",")
        kind, *more = head.split(";")
        content = b64decode(body) if "base64" in more else unquote_to_bytes(body)
        # From within a variable the address counts from the sheet that uses it, so the sheets of
        # one folder may use each other's.
        return f'url("{moved.to(content, _SUFFIX.get(kind, "bin"), path)}")'

    return _MAP.sub("\n", _DATA.sub(picture, path.read_text(encoding="utf-8")))
