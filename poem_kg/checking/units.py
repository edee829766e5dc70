"""Whether a unit is a code of UCUM, the Unified Code for Units of Measure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from poem_kg.checking.asked import Unplaced
from poem_kg.checking.model import found
from poem_kg.checking.rules import UNITS
from poem_kg.namespaces import POEMKG

_UNIT: Final = POEMKG + "unit"
_PREFIX: Final = "(?:da|[YZEPTGMkhdcmunpfazy])"
# Atoms that take a prefix, and those that do not, as the UCUM tables list them.
_METRIC: Final = (
    r"m\[H2O\]|m\[Hg\]|\[iU\]|\[IU\]|\[arb'U\]|%\[slope\]|bit_s|m_H2O|mol|rad|cd|sr|Hz|Pa|Cel|Ohm|Wb|lm|lx|"
    r"Bq|Gy|Sv|kat|bar|cal|eq|osm|bit|By|Bd|st|eV|pc|ar|Ci|R|Np|B|m|s|g|K|C|N|J|W|A|V|F|S|T|H|L|l|t|u|U"
)
_PLAIN: Final = (
    r"10\*|10\^|\[pi\]|%|\[ppth\]|\[ppm\]|\[ppb\]|\[pptr\]|deg|gon|''|'|min|mo_s|mo_j|mo_g|mo|wk|"
    r"a_t|a_j|a_g|a|h|d|\[in_i\]|\[ft_i\]|\[yd_i\]|\[mi_i\]|\[Ch\]|\[drp\]|\[degF\]|\[lb_av\]|\[oz_av\]|"
    r"\[pH\]|\[HPF\]|\[LPF\]|\[pfu\]|\[cfu\]|\[USP'U\]|\[CFU\]|\[foz_us\]|\[cup_us\]|\[cal_\w+\]|atm"
)
_ANNOTATION: Final = r"\{[!-z|~]*\}"
_SIMPLE: Final = (
    rf"(?:(?:{_PLAIN}|{_PREFIX}?(?:{_METRIC}))(?:[+-]?[0-9]+)?(?:{_ANNOTATION})?"
    rf"|[1-9][0-9]*(?:{_ANNOTATION})?|{_ANNOTATION})"
)
_TERM: Final = rf"/?{_SIMPLE}(?:[./]{_SIMPLE})*"
_NESTED: Final = re.compile(rf"(?:(?<=[./(])|\A)\({_TERM}\)")
_CODE: Final = re.compile(_TERM)


def is_ucum(code: str) -> bool:
    """Tell whether a text is a UCUM code; annotations in braces may say anything.

    >>> [is_ucum(code) for code in ("mm[Hg].s.cm", "mm2/mm[Hg]", "{score}", "mmHg", "sec", "")]
    [True, True, True, False, False, False]
    """
    flat = code
    while match := _NESTED.search(flat):
        flat = f"{flat[: match.start()]}1{flat[match.end() :]}"
    return _CODE.fullmatch(flat) is not None


def unit_problems(triples: Iterable[ox.Triple]) -> Iterator[Unplaced]:
    """Yield the units that are no UCUM codes.

    Args:
        triples: the ontology.
    """
    for t in triples:
        if t.predicate.value != _UNIT or not isinstance(t.object, ox.Literal):
            continue
        if isinstance(t.subject, ox.NamedNode) and not is_ucum(t.object.value):
            message = f'has the unit "{t.object.value}", which is no UCUM code'
            yield found(UNITS, t.subject.value, message), (t.object.value, _UNIT)
