"""JSON-LD made safe to hand to a processor: no remote context, and nothing dropped in silence.

A JSON-LD processor skips without a word what it cannot make a triple of: a key that no context
defines, an IRI with a space in it, a language tag that is none. For a patient that is a finding
gone missing, so each of these is refused with a sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from poem_kg.errors import InputError, LimitExceeded
from poem_kg.limits import Limits
from poem_kg.nesting import line_at
from poem_kg.resources import context_document

UNDEFINED: Final = "poem-kg-relative://undefined-key/"
"""Where keys that no context defines end up, so that they can be told afterwards."""

_KEYWORDS: Final = frozenset(
    "@base @container @context @direction @graph @id @import @included @index @json @language "
    "@list @nest @none @prefix @propagate @protected @reverse @set @type @value @version "
    "@vocab".split()
)
_NOT_IN_IRIS: Final = re.compile(r'[\x00-\x20<>"{}|^`\\\x7f-\xa0\ud800-\udfff]')
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*+")
_QUOTE: Final = "write it in quotes, with its datatype"


def nothing_meant(words: str) -> Sequence[str]:
    """Return no names, where there is no vocabulary at hand to look words up in."""
    return ()


def prepare_jsonld(
    text: str,
    name: str,
    limits: Limits,
    *,
    packaged: Callable[[str], dict[str, Any] | None] = context_document,
    meant: Callable[[str], Sequence[str]] = nothing_meant,
) -> bytes:
    """Return the document as JSON in which every context stands in full.

    Args:
        text: the JSON text, already known not to nest too deep.
        name: what messages call the input.
        limits: `context_uses` holds here.
        packaged: gives the document of a context IRI, or None where it is not ours.
        meant: gives the names of the vocabulary that words were probably meant as, such as a label.

    Returns:
        UTF-8 JSON for a JSON-LD 1.1 processor. A key that no context defines becomes a property
        in the namespace `UNDEFINED`.

    Raises:
        InputError: no JSON; a key twice in one object; a number that JSON or xsd:double cannot
            hold exactly; a context that is not in the package; something a processor would drop.
        LimitExceeded: more uses of packaged contexts than allowed.
    """
    return _Preparation(text, name, limits, packaged, meant).document()


class _Preparation:
    def __init__(
        self,
        text: str,
        name: str,
        limits: Limits,
        packaged: Callable[[str], dict[str, Any] | None],
        meant: Callable[[str], Sequence[str]],
    ) -> None:
        self._text = text
        self._name = name
        self._limits = limits
        self._packaged = packaged
        self._meant = meant
        self._uses = 0
        self._terms: set[str] = set()
        self._iri_keys = {"@id", "@type"}
        self._word_keys = {"@type"}
        self._json_keys = {"@context", "@value"}

    def document(self) -> bytes:
        tree = self._load()
        self._substitute(tree)
        self._check(tree, "@graph")
        nodes = tree if isinstance(tree, list) else [tree]
        filled = [{**node, "@context": _guarded(node.get("@context", []))} for node in nodes]
        try:
            return json.dumps(filled, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            cause = "holds half of a surrogate pair, which is no character"
            raise InputError(self._name, cause, "write the character itself") from None

    def _refuse(self, sought: str, cause: str, advice: str) -> NoReturn:
        """Raise the error with the line on which the sought text first stands."""
        for spelling in (json.dumps(sought), json.dumps(sought, ensure_ascii=False), sought):
            offset = self._text.find(spelling)
            if offset >= 0:
                line = f":{line_at(self._text, offset)}"
                raise InputError(self._name + line, f'"{sought[:60]}" {cause}', advice)
        raise InputError(self._name, f'"{sought[:60]}" {cause}', advice)

    # Loading

    def _load(self) -> Any:
        try:
            return json.loads(
                self._text,
                object_pairs_hook=self._object,
                parse_int=self._integer,
                parse_float=self._float,
                parse_constant=lambda token: self._refuse(token, "is no JSON number", _QUOTE),
            )
        except json.JSONDecodeError as error:
            where = f"{self._name}:{error.lineno}"
            raise InputError(where, f"is no JSON ({error.msg})", "correct this line") from None

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                self._refuse(key, "is twice in one object", "put its values in one array")
            found[key] = value
        return found

    def _integer(self, token: str) -> int:
        if len(token) > 20:  # the rest of what does not fit in 64 bits is refused as a literal
            self._refuse(token, "is an integer of more than 64 bits", "write a smaller number")
        return int(token)

    def _float(self, token: str) -> float:
        number = float(token)
        try:
            exact = Decimal(token) == Decimal(repr(number))
        except InvalidOperation:  # an exponent beyond those of Decimal itself
            exact = False
        if not exact:
            self._refuse(token, "cannot be held exactly as a JSON number", _QUOTE)
        return number

    # Contexts

    def _substitute(self, value: Any) -> None:
        """Put packaged contexts in place, everywhere, and note what the contexts define."""
        if isinstance(value, list):
            for item in value:
                self._substitute(item)
        elif isinstance(value, dict):
            for key, inner in value.items():
                if key == "@context":
                    value[key] = self._contexts(inner)
                else:
                    self._substitute(inner)

    def _contexts(self, context: Any) -> list[Any]:
        if isinstance(context, list):
            return [flat for item in context for flat in self._contexts(item)]
        if isinstance(context, str):
            self._uses += 1
            if self._uses > self._limits.context_uses:
                cause = f"names contexts more than {self._limits.context_uses} times"
                raise LimitExceeded(self._name, cause, "name the context once, at the top")
            document = self._packaged(context)
            if document is None:
                advice = "write the context out, since nothing is read from the network"
                self._refuse(context, "is a context that is not in the package", advice)
            return self._contexts(document.get("@context", {}))
        if isinstance(context, dict):
            if "@import" in context:
                self._refuse("@import", "would load a context", "write the context out")
            for term, definition in context.items():
                self._define(term, definition)
        return [context]

    def _define(self, term: str, definition: Any) -> None:
        self._terms.add(term)
        if definition in ("@id", "@type"):
            self._iri_keys.add(term)
            if definition == "@type":
                self._word_keys.add(term)
        elif isinstance(definition, Mapping):
            if definition.get("@id") in ("@id", "@type"):
                self._iri_keys.add(term)
            if definition.get("@type") in ("@id", "@vocab"):
                self._iri_keys.add(term)
            if definition.get("@type") == "@vocab" or definition.get("@id") == "@type":
                self._word_keys.add(term)
            if definition.get("@type") == "@json":
                self._json_keys.add(term)
            self._substitute(definition)

    # What a processor would drop

    def _check(self, value: Any, key: str) -> None:
        if isinstance(value, list):
            for item in value:
                self._check(item, key)
        elif isinstance(value, dict):
            for inner_key, inner in value.items():
                self._check_key(inner_key)
                if inner_key in ("@list", "@set"):
                    self._check(inner, key)
                elif inner_key not in self._json_keys:
                    self._check(inner, inner_key)
        elif key in ("@graph", "@included"):
            self._refuse(str(value), "stands where an object must", "put it under a key")
        elif isinstance(value, str):
            if key in self._iri_keys and _NOT_IN_IRIS.search(value):
                self._refuse_iri(value, key)
            if key == "@language" and not _LANGUAGE.fullmatch(value):
                self._refuse(value, "is no language tag", "write one such as en")

    def _refuse_iri(self, value: str, key: str) -> NoReturn:
        if key not in self._word_keys:
            self._refuse(value, "is no IRI", "write spaces in it as %20")
        names = self._meant(value)
        if names:
            advice = f"did you mean {' or '.join(names)}?"
            self._refuse(value, "is no name of the vocabulary", advice)
        advice = "write a name as ontology/ has it, without spaces"
        self._refuse(value, "is neither a name of the vocabulary nor an IRI", advice)

    def _check_key(self, key: str) -> None:
        if key in self._terms:
            return
        if key.startswith("@") and key not in _KEYWORDS:
            self._refuse(key, "is no keyword of JSON-LD", "correct or delete it")
        if key == "@vocab" or key == "@base":
            self._refuse(key, "stands outside @context", "move it into @context")
        if key.startswith("_:") or _NOT_IN_IRIS.search(key):
            self._refuse(key, "is a key that cannot become a property", "define it in @context")


def _guarded(contexts: list[Any]) -> list[Any]:
    """The contexts with a vocabulary for undefined keys, also after null has emptied them."""
    catch_all = {"@vocab": UNDEFINED}
    guarded: list[Any] = [catch_all]
    for context in contexts:
        guarded += [context] if context is not None else [context, catch_all]
    return guarded
