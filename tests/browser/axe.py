"""What a checker of accessibility finds in a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

SCRIPT: Final = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_RUN: Final = """async rules => {
  const options = { resultTypes: ['violations'] };
  if (rules.length) options.runOnly = { type: 'rule', values: rules };
  const found = await axe.run(document, options);
  return found.violations.flatMap(({ id, help, nodes }) => nodes.map(
    ({ html, target }) => `${id}: ${help}: ${target.join(' ')}: ${html.slice(0, 200)}`));
}"""


@cache
def _axe() -> str:
    assert SCRIPT.is_file(), "axe-core is not there; run python hatch_build.py --for-tests"
    return SCRIPT.read_text(encoding="utf-8")


def violations(page: Page, *rules: str) -> str:
    """Return what axe-core finds, by all its rules: those of WCAG and those of good practice.

    It comes in by the protocol of the debugger, so the policy of the page need not be lifted.

    Args:
        page: what is looked at.
        rules: only these are asked, where there are any.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    return "\n".join(page.evaluate(_RUN, list(rules)))
