"""Damaged files end in a graph or in one line, never in anything else."""

from __future__ import annotations

import os
import random
import re

import pytest

from poem_kg.errors import InputError
from poem_kg.limits import Limits
from tests.reading.conftest import LINE, read
from tests.reading.test_formats import FORMAT_NAMES, SAME

FILES = int(os.environ.get("POEM_KG_FUZZ", "60"))
SEED = int(os.environ.get("POEM_KG_FUZZ_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
PIECES = (
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r", b"\\", b'"', b"'", b'"""', b"<", b">", b"<<("),
    *(b"[" * 200, b"(" * 200, b"{" * 200, b"#", b"@", b"--ltr", b"_:", b"&x;", b"<!--", b"{|"),
    *(b"<!DOCTYPE x>", b"<![CDATA[", b"1e400", b"NaN", b"9" * 40, b"\\uD800", b"\\u0000", b"null"),
    *(b'"@context":"http://e.org/"', b'"@id":', b"@prefix : <x> .", b"\xc3\xa9", b"\n", b" "),
    b"\xe2\x80\xae",
)


def mutated(data: bytes, chance: random.Random) -> bytes:
    body = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(body) + 1)
        end = min(len(body), start + chance.choice((0, 1, 1, 2, 8, 60)))
        kind = chance.randrange(4)
        if kind == 0:
            body[start:end] = chance.choice(PIECES)
        elif kind == 1:
            body[start:end] = b""
        elif kind == 2:
            body[start:end] = chance.randbytes(end - start)
        else:
            body[start:start] = body[start : start + 60] * chance.randint(1, 20)
    return bytes(body)


def test_damaged_files_never_raise_anything_but_an_input_error() -> None:
    chance = random.Random(SEED)
    read_well = 0
    for number in range(FILES):
        name = FORMAT_NAMES[number % len(FORMAT_NAMES)]
        data = mutated(SAME[name].encode(), chance)
        try:
            graph = read(data, chance.choice((name, None)), limits=Limits(seconds=5))
            read_well += bool(graph.triples)
        except InputError as error:
            line = str(error)
            fine = LINE.fullmatch(line) and line.isprintable() and len(line) <= 300
            assert fine, (SEED, data, line)
            accident = re.search("crashed|takes longer|reading stopped with", line)
            assert accident is None, (SEED, data, line)
        except BaseException as error:
            pytest.fail(f"seed {SEED}, file {number}: {error!r} from {data!r}")
    print(f"seed {SEED}: {read_well} of {FILES} damaged files could be read")
    assert 0 < read_well < FILES
