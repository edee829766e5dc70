"""What mkdocs calls while it builds the site: pages from the data, the navigation, the policy."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from poem_kg.handbook import cookbook, pictures, programs, terms
from poem_kg.handbook.contents import Contents, source_file
from poem_kg.handbook.policy import keep_to_policy

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

COPIED: Final = {
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "CHANGELOG.md": "project/changelog.md",
    "benchmarks/RESULTS.md": "project/results.md",
    "benchmarks/cost.svg": "project/cost.svg",
}
"""Files beside docs/ that are part of the site, and where they stand there."""
SECTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "Write guidelines": (
        "authors-guide.md",
        "writing.md",
        "editing.md",
        "check.md",
        "changes.md",
        "trace.md",
        "review.md",
        "clinical-review.md",
    ),
    "Ask": (
        "cookbook.md",
        "queries.md",
        "questions.md",
        "truth-tables.md",
        "invariants.md",
    ),
    "Advise": ("output.md", "cohort.md", "notebooks.md", "commands.md"),
    "Linked data": ("linked-data.md", "export.md", "scale.md"),
    "Serve": ("service.md", "pages.md", "deploy.md", "conformance.md"),
    "Ontology": ("ontology/index.md", "pictures.md"),
    "Python": ("python/index.md",),
    "Project": (
        "decisions.md",
        "mutants.md",
        "project/contributing.md",
        "project/security.md",
        "project/results.md",
        "project/changelog.md",
    ),
}
"""The sections of the navigation and their pages; one that is not there yet is left out."""
REST: Final = "More"
"""The section of pages that no other one names."""
_LINK: Final = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)#\s]*)(#[^)\s]*)?\)")


@cache
def generated() -> Mapping[str, str | bytes]:
    """Return every file that is made from the data, by its path in the site."""
    from typer.main import get_command

    from poem_kg.cli.main import app

    contents = Contents()
    drawings = pictures.drawn(contents)
    found: dict[str, str | bytes] = {
        f"{pictures.FOLDER}/{name}.svg": drawing.svg for name, drawing in drawings.items()
    }
    found["pictures.md"] = pictures.page(contents, drawings)
    found["cookbook.md"] = cookbook.page(contents, list(cookbook.recipes(contents)))
    found["commands.md"] = programs.commands_page(get_command(app))
    found |= dict(terms.pages(contents))
    found |= dict(programs.python_pages())
    found["assets/handbook.css"] = Path(__file__).with_name("handbook.css").read_bytes()
    for name, place in COPIED.items():
        found[place] = source_file(name).read_bytes()
    return found


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Give the site its navigation: what is in docs/ and what is generated, each page once."""
    there = {path.relative_to(config.docs_dir).as_posix() for path in _markdown(config.docs_dir)}
    there |= {name for name in generated() if name.endswith(".md")}
    named = {name for names in SECTIONS.values() for name in names}
    parts = {"ontology/": "Ontology", "python/": "Python"}
    inner = [name for name in sorted(there) if name.startswith(tuple(parts))]
    nav: list[Any] = ["index.md"]
    for title, names in SECTIONS.items():
        held = [name for name in names if name in there]
        held += [n for n in inner if n not in held and parts[n.split("/")[0] + "/"] == title]
        nav.append({title: held})
    rest = sorted(there - named - set(inner) - {"index.md"})
    if rest:
        nav.append({REST: rest})
    config.nav = nav
    return config


def _markdown(folder: str) -> Iterator[Path]:
    return Path(folder).rglob("*.md")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what is generated."""
    from mkdocs.structure.files import File

    for name, content in generated().items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links to files of the repository into links within the site, or into names."""
    place = page.file.src_uri
    origin = next((name for name, at in COPIED.items() if at == place), f"docs/{place}")
    if place in generated() and place not in COPIED.values():
        return markdown

    def link(found: re.Match[str]) -> str:
        text, target, mark = found[1], found[2], found[3] or ""
        if not target or ":" in target:
            return found[0]
        meant = posixpath.normpath(posixpath.join(posixpath.dirname(origin), target))
        there = COPIED.get(meant) or (
            meant.removeprefix("docs/") if meant.startswith("docs/") else None
        )
        if there is None or files.get_file_from_path(there) is None:
            return text if text.startswith("`") else f"{text} (`{meant}`)"
        return f"[{text}]({posixpath.relpath(there, posixpath.dirname(place) or '.')}{mark})"

    return _LINK.sub(link, markdown)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Name the search for those who do not see it; the theme leaves it without a name."""
    return output.replace('role="dialog">', 'role="dialog" aria-label="Search">')


def on_post_build(config: MkDocsConfig) -> None:
    """Make the site keep to the content policy, and leave out what it does not need."""
    site = Path(config.site_dir)
    for name in ("sitemap.xml.gz", "sitemap.xml"):  # the address of the site is not known
        (site / name).unlink(missing_ok=True)
    keep_to_policy(site)
