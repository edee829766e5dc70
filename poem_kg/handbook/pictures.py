"""The pictures: the trees of classes, the model of a statement, the steps of the derivation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Final

import pyoxigraph as ox

from poem_kg.handbook.contents import Contents, anchor
from poem_kg.handbook.drawing import Block, Drawing, Node, columns, tree
from poem_kg.handbook.marking import Table, escaped, heading
from poem_kg.namespaces import POEMKG, RDF, RDFS
from poem_kg.service.tree import STATEMENT, Branch

FOLDER: Final = "drawn"
"""The folder of the site in which the pictures lie."""
_TYPE: Final = RDF + "type"
_RANGE: Final = RDFS + "range"
_FALL: Final = 70
_FEW: Final = 2
"""A property that leads to more classes than these may lead anywhere."""
_MOST: Final = 6
"""How many members of a closed list, or terms of a part, stand in a box."""
PARTS: Final = (
    "records and facts of the patient",
    "criteria: met, not met or unknown",
    "diagnoses, arguments and options",
    "requirements and readiness",
    "cautions, estimates and tests to take first",
    "notices and decisions of ours",
    "where the sources are silent",
    "questions to ask next",
    "requirements of each option",
)
"""What the steps of each hundred are about, from the noughts on."""


def page(contents: Contents, drawings: dict[str, Drawing]) -> str:
    """Return the page with all pictures, as Markdown.

    Args:
        contents: what is known.
        drawings: name to picture, from `drawn`.
    """
    told = [
        "---\nhide: [navigation, toc]\n---\n",
        heading(1, "Pictures", "pictures"),
        "Drawn from the data when this site was built. Each has the same in words below it; a "
        "picture that is wider than the page can be moved, or opened by itself.\n",
    ]
    for name, title in (("statement-model", "A statement"), ("steps", "The derivation")):
        told += [heading(2, title, name), drawings[name].markup(f"{FOLDER}/{name}.svg")]
    told += [_steps_table(contents), heading(2, "The classes", "classes")]
    for name, drawing in drawings.items():
        if name.startswith("class-"):
            told += [
                heading(3, drawing.title, name),
                drawing.markup(f"{FOLDER}/{name}.svg"),
            ]
    return "\n".join(told)


def drawn(contents: Contents) -> dict[str, Drawing]:
    """Return every picture by name.

    Args:
        contents: what is known.
    """
    found = {"statement-model": statement_model(contents), "steps": steps(contents)}
    for root in contents.tree.roots:
        if contents.tree.below(root):
            found[f"class-{anchor(root)}"] = class_tree(contents, root)
    return found


def class_tree(contents: Contents, root: str) -> Drawing:
    """Return the classes below one, itself included.

    Args:
        contents: what is known.
        root: the class.
    """

    def node(branch: Branch) -> Node:
        return Node(contents.graph.label(branch.iri), tuple(map(node, branch.branches)))

    branch = contents.tree.branch(root)
    label = contents.graph.label(root)
    return tree(f"The {branch.count} classes below “{label}”", node(branch))


def statement_model(contents: Contents) -> Drawing:
    """Return what kinds of statement there are and where their properties lead, as used.

    Args:
        contents: what is known.
    """
    graph, label = contents.graph, contents.graph.label
    kinds: dict[str, int] = defaultdict(int)
    targets: dict[str, set[str]] = defaultdict(set)
    texts: set[str] = set()
    for iri in graph.subjects():
        if STATEMENT not in graph.kinds(iri):
            continue
        for kind in graph.iris(iri, _TYPE):
            kinds[kind] += STATEMENT in {kind, *contents.tree.broader(kind)}
        for triple in graph.about(ox.NamedNode(iri)):
            name = triple.predicate.value
            if name.startswith(POEMKG) and isinstance(triple.object, ox.NamedNode):
                targets[name].update(_leads_to(contents, name, triple.object.value))
            elif name.startswith(POEMKG):
                texts.add(name)
    leads: dict[str, list[str]] = defaultdict(list)
    for name in sorted(targets, key=label):
        found = targets[name]
        for target in found if len(found) <= _FEW else {""}:
            leads[target].append(label(name))
    top = sorted((k for k, n in kinds.items() if n), key=lambda k: (-kinds[k], label(k)))
    left = [
        Block(name=f"k{i}", head=f"{label(kind)}: {kinds[kind]}", kind="fact")
        for i, kind in enumerate(top)
    ]
    right = [
        Block(
            name=f"r{i}",
            head=label(target) if target else "terms of several kinds",
            items=(*leads[target], *_members(contents, target)),
            kind="statement-for",
        )
        for i, target in enumerate(sorted(leads, key=lambda t: (not t, label(t or STATEMENT))))
    ]
    words = tuple(label(name) for name in sorted(texts, key=label))
    right.append(Block(name="texts", head="texts and numbers", items=words, kind="fact"))
    middle = Block(name="statement", head=label(STATEMENT), kind="option-ready")
    return columns(
        "What a statement is made of: its kinds, and what its properties lead to",
        (
            ("kinds, and how many", left),
            ("", [middle]),
            ("properties, and their values", right),
        ),
        [
            *((block.name, middle.name) for block in left),
            *((middle.name, block.name) for block in right),
        ],
        falling=0,
    )


def _leads_to(contents: Contents, name: str, value: str) -> frozenset[str]:
    """The classes at the top of the trees in which the value of a property stands."""
    graph, tops = contents.graph, contents.tree.broader
    named = graph.iris(name, _RANGE) or (
        (value,) if value in contents.tree.classes else graph.iris(value, _TYPE)
    )
    return frozenset((tops(c) or (c,))[-1] for c in named if c.startswith(POEMKG))


def _members(contents: Contents, target: str) -> Iterator[str]:
    """The members of a short closed list, as values that can be chosen."""
    if not target:
        return
    members = [m for m in contents.graph.pointing(target, _TYPE) if m.startswith(POEMKG)]
    if 0 < len(members) <= _MOST:
        yield "one of: " + ", ".join(map(contents.graph.label, members))


def steps(contents: Contents) -> Drawing:
    """Return the parts of the derivation, what each makes, and which later ones read it.

    Args:
        contents: what is known.
    """
    made, read = _terms(contents)
    parts = sorted(made)
    before = {part: [p for p in parts if p < part and made[p] & read[part]] for part in parts}
    blocks = []
    for part in parts:
        used = {t: -sum(t in read[p] for p in parts if p > part) for t in made[part]}
        first = sorted(used, key=lambda t: (used[t], contents.graph.label(t)))
        items = [contents.graph.label(term) for term in first[:_MOST]]
        if len(first) > _MOST:
            items.append(f"and {len(first) - _MOST} more")
        if before[part]:
            items.append("reads what these made: " + ", ".join(f"{p}00" for p in before[part]))
        count = sum(step.number // 100 == part for step in contents.steps)
        block = Block(name=f"p{part}", head=f"{part}00 to {part}99: {PARTS[part]}", items=(*items,))
        blocks.append((f"{count} steps", [block]))
    joined = [(f"p{one}", f"p{other}") for other in parts for one in before[other]]
    title = f"The {len(contents.steps)} steps of the derivation, and what they make"
    return columns(title, blocks, joined, falling=_FALL)


def _terms(contents: Contents) -> tuple[dict[int, frozenset[str]], dict[int, frozenset[str]]]:
    """By hundred: the terms that only the derivation writes and its steps make, and read."""
    knowledge = contents.kb.knowledge
    used = {t.predicate.value for t in (*knowledge.ontology, *knowledge.prepared)}
    used |= {
        t.object.value
        for t in (*knowledge.ontology, *knowledge.prepared)
        if t.predicate.value == _TYPE and isinstance(t.object, ox.NamedNode)
    }

    @cache
    def derived(term: str) -> bool:
        kinds = contents.graph.iris(term, _TYPE)
        ours = term.startswith(POEMKG) and term not in used
        return ours and any("owl#" in kind for kind in kinds)

    made: dict[int, set[str]] = defaultdict(set)
    read: dict[int, set[str]] = defaultdict(set)
    for step in contents.steps:
        made[step.number // 100].update(filter(derived, step.makes))
        read[step.number // 100].update(filter(derived, step.reads))
    return (
        {part: frozenset(terms) for part, terms in made.items()},
        {part: frozenset(read[part]) for part in made},
    )


def _steps_table(contents: Contents) -> str:
    rows = [
        (
            f"<code>{escaped(step.query.name.split('/', 1)[1])}</code>",
            escaped(step.query.summary),
            ", ".join(escaped(contents.graph.label(term)) for term in step.makes),
        )
        for step in contents.steps
    ]
    table = Table(
        heads=("step", "what follows from it", "terms it writes"),
        rows=rows,
        caption="The steps, in their order",
    )
    return f"<details><summary>Every step</summary>\n{table}</details>\n"
