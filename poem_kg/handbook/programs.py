"""References of what programs can call: the commands, and the Python of the package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from poem_kg.handbook.marking import Table, escaped, heading

FOLDER: Final = "python"
"""The folder of the site in which modules of Python have their pages."""
HOMES: Final = (
    ("poem_kg.knowledge_base", "Load the knowledge, advise, explain, ask"),
    ("poem_kg.model", "What an advice holds"),
    ("poem_kg.explain.model", "What an explanation holds"),
    ("poem_kg.query_result", "What a query answers"),
    ("poem_kg.reading", "Read RDF that others wrote"),
    ("poem_kg.limits", "What a call may cost"),
    ("poem_kg.errors", "What may go wrong"),
    ("poem_kg.knowledge", "The modules of the ontology, resolved and prepared"),
    ("poem_kg.catalogue", "The query files"),
    ("poem_kg.asking", "The catalogue of questions"),
    ("poem_kg.turtle", "Turtle, laid out as ours is"),
    ("poem_kg.export.files", "Files for others to load"),
)
"""Module to what it is for: those that a program outside may use."""


def python_pages() -> Iterator[tuple[str, str]]:
    """Yield path and Markdown of each page of the Python reference, the overview first."""
    rows = [f"- [`{name}`]({name.replace('.', '-')}.md): {about}" for name, about in HOMES]
    yield (
        f"{FOLDER}/index.md",
        "# Python reference\n\n"
        "Written from the docstrings; the examples in them run in the tests. What "
        "`from poem_kg import NAME` offers is stable: `KnowledgeBase` and the results of its "
        "calls. Everything else may change with a version.\n\n" + "\n".join(rows) + "\n",
    )
    for name, about in HOMES:
        text = f"# {name}\n\n{about}.\n\n::: {name}\n"
        yield f"{FOLDER}/{name.replace('.', '-')}.md", text


def commands_page(command: Any) -> str:
    """Return the reference of the commands as Markdown: arguments, options, defaults.

    Args:
        command: the command line, as click has it.
    """
    said = [
        heading(1, "Commands", "commands"),
        "Written from the program itself; `poem-kg COMMAND --help` says the same. Every command "
        "ends with 0 when all is well, with 1 when a patient violates a shape or a check found "
        "something, with 2 when the input or the call is wrong.\n",
    ]
    for path, each in _leaves(command, ()):
        name = " ".join(path)
        said += [heading(2, f"poem-kg {name}", "-".join(path)), f"{_told(each)}\n"]
        rows = [row for parameter in each.params for row in _row(parameter)]
        if rows:
            heads = ("argument or option", "what it is", "default")
            said.append(str(Table(heads=heads, rows=rows)))
    return "\n".join(said)


def _leaves(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, each in command.commands.items():
        if hasattr(each, "commands"):
            yield from _leaves(each, (*path, name))
        else:
            yield (*path, name), each


def _told(command: Any) -> str:
    return escaped(" ".join((command.help or "").split()))


def _row(parameter: Any) -> Iterator[tuple[str, str, str]]:
    names = [*parameter.opts, *parameter.secondary_opts]
    if parameter.param_type_name == "argument":
        names = [parameter.name.upper()]
    about = escaped(getattr(parameter, "help", None) or "")
    default = parameter.default
    plain = isinstance(default, str | int | float) and not isinstance(default, bool)
    if names != ["--help"]:
        shown = ", ".join(f"<code>{escaped(name)}</code>" for name in names)
        yield shown, about, f"<code>{escaped(str(default))}</code>" if plain else ""
