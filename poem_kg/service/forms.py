"""What a form of a page sends: fields and files, kept in memory and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from poem_kg.limits import Limits
from poem_kg.service.model import Call, Refusal

_URLENCODED: Final = b"application/x-www-form-urlencoded"
_MULTIPART: Final = b"multipart/form-data"
_MOST_FIELDS: Final = 2_000
"""How many fields a form may send; ours have some 250."""


@dataclass(frozen=True)
class Upload:
    """A file as it was sent. `name` is what its sender calls it, and stands for nothing else."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Posted:
    """What was filled in.

    Attributes:
        fields: each field with its values in their order.
        files: each file that is not empty, by its field.
    """

    fields: dict[str, list[str]] = field(default_factory=dict, repr=False)
    files: dict[str, Upload] = field(default_factory=dict, repr=False)

    def one(self, name: str) -> str:
        """Return the last value of a field, without blanks around it; "" where there is none."""
        return self.fields[name][-1].strip() if self.fields.get(name) else ""


def posted(call: Call, limits: Limits) -> Posted:
    """Return the fields and files in the body of a call.

    Raises:
        Refusal: it is no form, or one that cannot be read.
    """
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import parse_options_header

    kind, options = parse_options_header(call.media_type)
    try:
        if kind == _URLENCODED:
            return Posted(_urlencoded(call.body))
        if kind == _MULTIPART:
            return _multipart(call.body, options.get(b"boundary"), limits)
    except (FormParserError, ValueError):  # the latter for what is no UTF-8, and for too many
        raise Refusal(400, "the form cannot be read; send it as a browser does") from None
    raise Refusal(415, f"send the form as {_MULTIPART.decode()} or {_URLENCODED.decode()}")


def _urlencoded(body: bytes) -> dict[str, list[str]]:
    text = body.decode("ascii")
    pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    fields: dict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        fields[name].append(value)
    return dict(fields)


def _multipart(body: bytes, boundary: bytes | None, limits: Limits) -> Posted:
    from python_multipart.multipart import Field, File, FormParser

    fields: dict[str, list[str]] = defaultdict(list)
    files: dict[str, Upload] = {}

    def take_field(given: Field) -> None:
        if given.field_name is not None:
            fields[given.field_name.decode()].append((given.value or b"").decode())

    def take_file(given: File) -> None:
        given.file_object.seek(0)
        data = given.file_object.read()
        if given.field_name is not None and data:
            name = (given.file_name or b"").decode(errors="replace")
            files[given.field_name.decode()] = Upload(name, data)

    # Nothing about a patient may reach a disk: a file stays in memory, however large it may be.
    config = {"MAX_MEMORY_FILE_SIZE": limits.body_bytes + 1, "MAX_FIELDS": _MOST_FIELDS}
    parser = FormParser(
        _MULTIPART.decode(), take_field, take_file, boundary=boundary, config=config
    )
    parser.write(body)
    parser.finalize()
    return Posted(dict(fields), files)
