"""How docstrings become pages: an example in one is a block of code, as the tests run it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from griffe import Extension

if TYPE_CHECKING:
    from griffe import Object

_EXAMPLE: Final = re.compile(r"^>>> .*(?:\n(?!\n).*)*", re.MULTILINE)


class Examples(Extension):
    """Puts fences around the examples of docstrings."""

    def on_object(self, *, obj: Object, **kwargs: Any) -> None:
        """Change the docstring of whatever was read."""
        if obj.docstring is not None:
            obj.docstring.value = fenced_examples(obj.docstring.value)


def fenced_examples(docstring: str) -> str:
    """Return a docstring with each example as a block of code; it ends at an empty line."""
    return _EXAMPLE.sub(lambda found: f"```pycon\n{found[0]}\n```", docstring)
