"""Mutants of queries: a pattern, filter or clause dropped, a comparison flipped, a term swapped."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from tests.mutation.sparql import Clause, Parsed, Pattern, Token, expanded, prefixes, spelled_out

FLIPS = {
    "<": ("<=", ">"),
    "<=": ("<", ">="),
    ">": (">=", "<"),
    ">=": (">", "<="),
    "=": ("!=",),
    "!=": ("=",),
    "&&": ("||",),
    "||": ("&&",),
    "+": ("-",),
    "-": ("+",),
    "MIN": ("MAX",),
    "MAX": ("MIN",),
    "TRUE": ("false",),
    "FALSE": ("true",),
    "DISTINCT": ("",),
}
_SIDE = ("EXISTS", "NOT EXISTS", "CONDITION", "MINUS")


@dataclass(frozen=True)
class QueryMutant:
    """One change of one query.

    Attributes:
        query: its name, such as "derive/100-present".
        what: the change in words, unique within the query.
        pattern: the triple pattern of the WHERE that it tries, or None.
        text: the query after it.
    """

    query: str
    what: str
    pattern: str | None
    text: str = field(repr=False)

    @property
    def name(self) -> str:
        """The name under which the mutant is listed."""
        return f"{self.query}: {self.what}"


def query_mutants(
    name: str,
    text: str,
    sibling: Callable[[str], str | None],
    partner: Callable[[Pattern], str | None],
) -> tuple[list[QueryMutant], list[str]]:
    """Return the mutants of a query and the names of the triple patterns of its WHERE.

    Args:
        name: of the query.
        text: of its file.
        sibling: gives another term of the same kind for an IRI, or None.
        partner: gives another predicate for that of a pattern, or None.
    """
    text = spelled_out(text)
    parsed = Parsed(text)
    names = _pattern_names(parsed)
    seen: Counter[str] = Counter()
    mutants = []
    for what, pattern, changed in _changes(parsed, sibling, partner):
        if not _runs(changed):
            continue
        seen[what] += 1
        unique = what if seen[what] == 1 else f"{what} #{seen[what]}"
        mutants.append(QueryMutant(name, unique, names[pattern] if pattern else None, changed))
    return mutants, list(names.values())


def never_mutants(name: str, text: str, wanted: Iterable[str]) -> list[QueryMutant]:
    """Return for some triple patterns the mutant that never matches.

    It tells no more than that the pattern is reached, so it is kept for patterns that no other
    mutant tells about, and never counts in a share.
    """
    parsed = Parsed(spelled_out(text))
    found = []
    for pattern, called in _pattern_names(parsed).items():
        if called in set(wanted):
            start, end = pattern.predicate[0].start, pattern.predicate[-1].end
            changed = f"{parsed.text[:start]}<urn:never>{parsed.text[end:]}"
            found.append(QueryMutant(name, f"never {called}", called, changed))
    return found


def _pattern_names(parsed: Parsed) -> Mapping[Pattern, str]:
    seen: Counter[str] = Counter()
    names = {}
    for pattern in parsed.patterns:
        if not pattern.template:
            seen[pattern.text()] += 1
            number = seen[pattern.text()]
            names[pattern] = pattern.text() + (f" #{number}" if number > 1 else "")
    return names


def _changes(
    parsed: Parsed,
    sibling: Callable[[str], str | None],
    partner: Callable[[Pattern], str | None],
) -> Iterator[tuple[str, Pattern | None, str]]:
    known = prefixes(parsed.text)
    template = [p for p in parsed.patterns if p.template]
    for pattern in template:
        if len(template) > 1:
            yield f"without giving {pattern.text()}", None, _cut(parsed.text, pattern)
    for pattern in parsed.patterns:
        if not pattern.template:
            for what, changed in _pattern_changes(parsed, pattern, partner):
                yield what, pattern, changed
    for pattern in parsed.patterns:
        for token in (*pattern.object,):
            if other := _other(token, pattern, sibling, known):
                verb = "gives" if pattern.template else "asks for"
                what = f"{verb} {other} in {pattern.text()}"
                yield what, None if pattern.template else pattern, _put(parsed.text, token, other)
    for clause in parsed.clauses:
        yield from ((what, None, changed) for what, changed in _clause_changes(parsed, clause))
    for token in _expression_tokens(parsed):
        for other in _others(token, sibling, known):
            line = _line(parsed.text, token)
            yield (
                f"{other or 'nothing'} for {token.text} in {line}",
                None,
                _put(parsed.text, token, other),
            )


def _pattern_changes(
    parsed: Parsed, pattern: Pattern, partner: Callable[[Pattern], str | None]
) -> Iterator[tuple[str, str]]:
    holder = _holder(parsed, pattern.group)
    alone = sum(p.group == pattern.group for p in parsed.patterns if not p.template) == 1
    if holder and alone and holder.kind in ("EXISTS", "NOT EXISTS", "OPTIONAL", "MINUS"):
        yield (
            f"without {_flat(parsed.text[holder.start : holder.end])}",
            (parsed.text[: holder.start] + parsed.text[holder.end :]),
        )
    elif not _needed(parsed, pattern):
        yield f"without {pattern.text()}", _cut(parsed.text, pattern)
    elif other := partner(pattern):
        (token,) = pattern.predicate
        yield f"{other} for {token.text} in {pattern.text()}", _put(parsed.text, token, other)


def _needed(parsed: Parsed, pattern: Pattern) -> bool:
    """Whether a variable is bound by this pattern alone and used beside it."""
    side = _side_groups(parsed)
    own = {t.text for t in (*pattern.subject, *pattern.predicate, *pattern.object)}
    mine = {name for name in own if name.startswith("?")}
    if pattern.group in side:
        return False
    bound = {
        t.text
        for p in parsed.patterns
        if not p.template and p != pattern and p.group not in side
        for t in (*p.subject, *p.predicate, *p.object)
    }
    used = {t.text for t in parsed.tokens if not pattern.start <= t.start < pattern.end}
    return bool(mine & used - bound)


def _side_groups(parsed: Parsed) -> set[int]:
    """Return the groups that bind nothing outside: of EXISTS and MINUS, and what is in them."""
    found = {c.number for c in parsed.clauses if c.kind in _SIDE}
    for clause in sorted(parsed.clauses, key=lambda c: c.start):
        if clause.parent in found and clause.number > 0:
            found.add(clause.number)
    return found


def _clause_changes(parsed: Parsed, clause: Clause) -> Iterator[tuple[str, str]]:
    text, flat = parsed.text, _flat(parsed.text[clause.start : clause.end])
    without = text[: clause.start] + text[clause.end :]
    body = text[clause.body : clause.end]
    patterns = sum(p.group == clause.number for p in parsed.patterns)
    if clause.kind == "FILTER":
        yield f"without {flat}", without
    elif clause.kind in ("EXISTS", "NOT EXISTS"):
        if patterns > 1:
            yield f"without {flat}", without
        other = "EXISTS" if clause.kind == "NOT EXISTS" else "NOT EXISTS"
        yield (
            f"{other} for {flat}",
            f"{text[: clause.start]}FILTER {other} {body}{text[clause.end :]}",
        )
    elif clause.kind == "CONDITION":
        for word in ("true", "false"):
            yield f"{word} for {flat}", f"{text[: clause.start]}{word}{text[clause.end :]}"
    elif clause.kind == "OPTIONAL":
        if patterns > 1:
            yield f"without {flat}", without
        yield f"required {flat}", f"{text[: clause.start]}{body}{text[clause.end :]}"
    elif clause.kind == "UNION" or (clause.kind == "MINUS" and patterns > 1):
        yield f"without {flat}", without
    elif clause.kind == "GROUP":
        rest = text[clause.end :].lstrip()
        if rest.startswith("UNION"):
            yield f"without {flat}", text[: clause.start] + rest.removeprefix("UNION")


def _expression_tokens(parsed: Parsed) -> Iterator[Token]:
    """Yield the tokens of conditions, bindings and SELECT clauses, without their patterns."""
    spans = [(p.start, p.end) for p in parsed.patterns]
    for token in parsed.tokens[parsed.where :]:
        if not any(start <= token.start < end for start, end in spans):
            yield token


def _others(
    token: Token, sibling: Callable[[str], str | None], known: Mapping[str, str]
) -> tuple[str, ...]:
    if token.kind == "number":
        return (str(int(token.text) + 1),) if "." not in token.text else ()
    if token.kind in ("pname", "iri") and not token.text.startswith("xsd:"):
        other = sibling(expanded(token, dict(known)))
        return (f"<{other}>",) if other else ()
    return FLIPS.get(token.text.upper(), ()) if token.kind in ("op", "word") else ()


def _other(
    token: Token,
    pattern: Pattern,
    sibling: Callable[[str], str | None],
    known: Mapping[str, str],
) -> str | None:
    """Return another constant of its kind for the object of a pattern."""
    if token.kind == "word":
        return {"true": "false", "false": "true"}.get(token.text)
    if token.kind not in ("pname", "iri") or pattern.predicate[0].text.startswith("prov:"):
        return None
    other = sibling(expanded(token, dict(known)))
    return f"<{other}>" if other else None


def _holder(parsed: Parsed, group: int) -> Clause | None:
    return next((c for c in parsed.clauses if c.number == group), None)


def _cut(text: str, pattern: Pattern) -> str:
    return text[: pattern.start] + text[pattern.end :]


def _put(text: str, token: Token, other: str) -> str:
    return text[: token.start] + other + text[token.end :]


def _line(text: str, token: Token) -> str:
    start = text.rfind("\n", 0, token.start) + 1
    end = text.find("\n", token.end)
    return _flat(text[start : end if end >= 0 else len(text)])


def _flat(text: str) -> str:
    return " ".join(text.split())


class Partners:
    """The predicates that stand between the same variables somewhere: one is swapped for the next.

    Args:
        texts: the queries in which to look.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        families: dict[tuple[str, str], set[str]] = defaultdict(set)
        for text in texts:
            for pattern in Parsed(spelled_out(text)).patterns:
                if _plain(pattern):
                    families[_ends(pattern)].add(pattern.predicate[0].text)
        every = sorted(set().union(*families.values()))
        self._families = {ends: sorted(names) for ends, names in families.items()}
        self._every = every

    def of(self, pattern: Pattern) -> str | None:
        """Return another predicate, where the pattern has one predicate and a variable object."""
        if not _plain(pattern):
            return None
        name = pattern.predicate[0].text
        family = self._families[_ends(pattern)]
        family = family if len(family) > 1 else self._every
        return family[(family.index(name) + 1) % len(family)]


def _plain(pattern: Pattern) -> bool:
    single = len(pattern.predicate) == 1 and pattern.predicate[0].text.startswith("poemkg:")
    return single and pattern.object[0].kind == "var"


def _ends(pattern: Pattern) -> tuple[str, str]:
    return pattern.subject[0].text, pattern.object[0].text


def _runs(text: str) -> bool:
    """Whether an engine takes the query, tried on nothing."""
    try:
        return isinstance(ox.Store().query(text), ox.QueryTriples)
    except (SyntaxError, RuntimeError):
        return False
