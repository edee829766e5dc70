"""Defects that are no triples: Turtle that is none, and a table of mappings out of order."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from random import Random

from benchmarks._drafts import Draft, Edit
from poem_kg.namespaces import PREFIXES

_TABLE = "alignments/poem-kg.sssom.tsv"
_BLOCK = re.compile(r"^(\w+):([\w.-]+)\n(?=\ta )|^(\w+):([\w.-]+)\n(?=\ta\n)", re.MULTILINE)


def _spliced(start: int, end: int, new: str, text: str) -> str:
    return text[:start] + new + text[end:]


def _replaced(old: str, new: str, text: str) -> str:
    return text.replace(old, new, 1)


def _span(first: int, last: int, text: str) -> tuple[int, int]:
    return first, last


def _unclosed(block: str) -> tuple[str, str]:
    return re.sub(r'"(@en)? ;\n', r"\1 ;\n", block, count=1), "a text is not closed"


def _undotted(block: str) -> tuple[str, str]:
    return block.removesuffix("\t.\n"), "the closing dot is missing"


def _prefix(block: str) -> tuple[str, str]:
    return block.replace("\trdfs:label", "\trdsf:label", 1), "a prefix is misspelt"


def _semicolon(block: str) -> tuple[str, str]:
    return block.replace(" ;\n\tskos:definition", "\n\tskos:definition", 1), "a ; is missing"


def _bracket(block: str) -> tuple[str, str]:
    return block.replace("\trdfs:label ", "\trdfs:label [ ", 1), "a bracket is not closed"


_SPOILT: tuple[Callable[[str], tuple[str, str]], ...] = (
    _unclosed,
    _undotted,
    _prefix,
    _semicolon,
    _bracket,
)


def _syntax(draft: Draft, count: int, random: Random) -> list[Edit]:
    files = sorted(path for path in draft.files if path != "poem-kg.ttl")
    edits: list[Edit] = []
    while len(edits) < count:
        path = random.choice(files)
        text = (draft.folder / path).read_text(encoding="utf-8")
        starts = [m.start() for m in _BLOCK.finditer(text)]
        if not starts:
            continue
        start = random.choice(starts)
        end = text.index("\t.\n", start) + len("\t.\n")
        spoilt, what = _SPOILT[len(edits) % len(_SPOILT)](text[start:end])
        if spoilt == text[start:end]:
            continue
        first = text.count("\n", 0, start) + 1
        last = text.count("\n", 0, end) + 4
        edits.append(
            Edit(
                what=f"{path}:{first}: {what}",
                file=path,
                terms=frozenset(),
                rewrite=partial(_spliced, start, end, spoilt),
                lines=partial(_span, first, last),
            )
        )
    return edits


_ROWS: tuple[tuple[str, int, str, str], ...] = (
    ("a predicate that is none", 2, "skos:exactMatch|skos:closeMatch", "skos:exactMatsch"),
    ("no justification", 5, "semapv:ManualMappingCuration", ""),
    ("a justification that is none", 5, "semapv:ManualMappingCuration", "semapv:ByHand"),
    ("a subject that is not ours", 0, "poemkg:(\\w+)", r"poemkg:\1s"),
    ("an undeclared prefix", 3, "HP:|MONDO:|MESH:", "MOND:"),
)
_IDENTIFIERS: tuple[tuple[str, int, str, str], ...] = (
    ("an identifier with a letter in it", 3, r"MONDO:0(\d+)", r"MONDO:O\1"),
    ("an identifier that is too short", 3, r"HP:000(\d+)", r"HP:\1"),
    ("a MeSH identifier without its letter", 3, r"MESH:D(\d+)", r"MESH:\1"),
    ("an ICD code without its dot", 3, r"ICD10CM:(\w\d\d)\.(\d+)", r"ICD10CM:\1\2x"),
    ("an identifier that is no number", 3, r"SNOMEDCT:(\d)", r"SNOMEDCT:x\1"),
)


def _rows(
    ways: tuple[tuple[str, int, str, str], ...],
) -> Callable[[Draft, int, Random], list[Edit]]:
    def edits(draft: Draft, count: int, random: Random) -> list[Edit]:
        lines = (draft.folder / _TABLE).read_text(encoding="utf-8").split("\n")
        made: list[Edit] = []
        for number in range(count):
            what, column, old, new = ways[number % len(ways)]
            fits = [
                i
                for i, line in enumerate(lines)
                if not line.startswith(("#", "subject_id"))
                and line
                and re.search(old, line.split("\t")[column])
            ]
            at = random.choice(fits)
            cells = lines[at].split("\t")
            before = (cells[0], cells[column])
            cells[column] = re.sub(old, new, cells[column], count=1)
            row = "\t".join(cells)
            subject = PREFIXES["poemkg"] + before[0].partition(":")[2]
            made.append(
                Edit(
                    what=f"{before[0]}, row {at + 1} of the table: {what}",
                    file=_TABLE,
                    terms=frozenset({cells[column] or subject, subject}),
                    touched=frozenset({subject, before[1], cells[3]}),
                    rewrite=partial(_replaced, lines[at], row),
                    lines=partial(_span, at + 1, at + 1),
                )
            )
        return made

    return edits


TEXT_KINDS: dict[str, Callable[[Draft, int, Random], list[Edit]]] = {
    "syntax error": _syntax,
    "mapping that is no valid SSSOM": _rows(_ROWS),
    "mapping with an ill-formed identifier": _rows(_IDENTIFIERS),
}
"""Name of the kind to what makes so many edits of it."""
