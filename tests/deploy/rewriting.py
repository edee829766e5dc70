"""The part of Apache's mod_rewrite that a redirect file of w3id.org uses.

Rules of the form `RewriteRule PATTERN SUBSTITUTION [FLAGS]` in a folder: the pattern is searched in
the path below the folder; `$N` and `%{ENV:NAME}` are replaced; the flags are E (set a variable),
R (redirect, or with a status outside 300 to 399 an answer without a place) and L (the last rule).
A query string is appended where the substitution has none. Whatever else a file holds is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

_RULE = re.compile(r"RewriteRule (\S+) (\S+) \[([^\]]+)\]")
_SAFE = "/:?&=%+,;@!$'()*~"


@dataclass(frozen=True, eq=False)
class Rule:
    """One RewriteRule.

    Attributes:
        pattern: searched in the path.
        substitution: what takes the place of the path; "-" leaves it.
        flags: flag to its value.
    """

    pattern: re.Pattern[str]
    substitution: str
    flags: Mapping[str, str]


@dataclass(frozen=True)
class Redirect:
    """What the rules make of a path: a status, a place or "", and the rules that matched."""

    status: int
    place: str
    matched: tuple[Rule, ...] = field(repr=False)


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of a file, in their order."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    meant = [line for line in lines if line and not line.startswith("#")]
    assert meant[0] == "RewriteEngine on"
    rules = []
    for line in meant[1:]:
        match = _RULE.fullmatch(line)
        assert match, f"{line}: is no rule that is understood here"
        flags = dict(flag.partition("=")[::2] for flag in match[3].split(","))
        assert flags.keys() <= {"E", "R", "L"}, f"{line}: has a flag that is not understood here"
        rules.append(Rule(re.compile(match[1]), match[2], flags))
    return tuple(rules)


def redirect(rules: tuple[Rule, ...], path: str, query: str = "") -> Redirect | None:
    """What a request for a path below the folder is answered with, or None for no redirect.

    Args:
        rules: the rules.
        path: the path, decoded, without a slash at its beginning.
        query: the query string as it was sent.
    """
    environment: dict[str, str] = {}
    matched: list[Rule] = []
    for rule in rules:
        found = rule.pattern.search(path)
        if not found:
            continue
        matched.append(rule)
        if "E" in rule.flags:
            name, _, value = rule.flags["E"].partition(":")
            environment[name] = value
        if "R" in rule.flags:
            status = int(rule.flags["R"])
            assert "L" in rule.flags, "a redirect is the last rule"
            if not 300 <= status <= 399:
                return Redirect(status, "", tuple(matched))
            place = _expanded(rule.substitution, found, environment)
            place = quote(place, safe=_SAFE)
            return Redirect(status, f"{place}?{query}" if query else place, tuple(matched))
    return None


def _expanded(text: str, found: re.Match[str], environment: Mapping[str, str]) -> str:
    groups = [group or "" for group in (found[0], *found.groups())]
    filled = re.sub(r"\$(\d)", lambda match: groups[int(match[1])], text)
    return re.sub(r"%\{ENV:(\w+)\}", lambda match: environment[match[1]], filled)
