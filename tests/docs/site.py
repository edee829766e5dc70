"""A built site as tests look at it: each page taken apart, and where its links lead."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

Attributes = dict[str, str]


@dataclass(eq=False)
class PageParts(HTMLParser):
    """The parts of a page that tests ask for."""

    names: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    pictures: list[Attributes] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.names.update(held[key] for key in ("id", "name") if key in held)
        self.inline += [f"<{tag} {name}>" for name in held if name == "style" or name[:2] == "on"]
        if tag == "a" and "href" in held:
            self.links.append(held["href"])
        elif tag == "img":
            self.pictures.append(held)
            self.loads.append(held["src"])
        elif tag == "script":
            if "src" in held:
                self.loads.append(held["src"])
            elif "json" not in held.get("type", ""):
                self.inline.append("<script>")
        elif tag == "style":
            self.inline.append("<style>")
        elif tag == "link" and held.get("rel") in ("stylesheet", "icon", "preload", "preconnect"):
            self.loads.append(held["href"])

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        """What stands on the page, with single spaces."""
        return " ".join("".join(self.texts).split())


class Site:
    """The pages of a folder.

    Args:
        folder: the built site.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages: dict[str, PageParts] = {}
        for path in sorted(folder.rglob("*.html")):
            parts = PageParts()
            parts.feed(path.read_text(encoding="utf-8"))
            self.pages[path.relative_to(folder).as_posix()] = parts

    def dead(self) -> list[str]:
        """Return each link or file that a page names and that is not there."""
        return [
            f"{name}: {address}"
            for name, parts in self.pages.items()
            if name != "404.html"  # which stands for any address, so its own are from the root
            for address in {*parts.links, *parts.loads}
            if not self._leads(name, address)
        ]

    def _leads(self, name: str, address: str) -> bool:
        if address.startswith(("https:", "http:", "mailto:")):
            return True
        path, mark = urldefrag(address)
        there = (self.folder / name).parent / unquote(path) if path else self.folder / name
        if there.is_dir():
            there /= "index.html"
        if not there.is_file():
            return False
        target = there.resolve().relative_to(self.folder.resolve()).as_posix()
        # The theme leads to the top of a page by a mark that no element needs to have.
        return not mark or mark == "__skip" or unquote(mark) in self.pages[target].names
