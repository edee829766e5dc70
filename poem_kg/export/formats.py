"""What can be exported, in which formats, and which of them go together."""

from __future__ import annotations

from typing import Final

from poem_kg.errors import InputError
from poem_kg.serialise import RDF_FORMATS, SUFFIXES

DATASETS: Final = ("ontology", "knowledge", "alignments", "statements", "advice")
"""The names of what can be exported."""

WHAT: Final = (*DATASETS, "all")
"""The values of `--what`."""

FORMATS: Final = (*RDF_FORMATS, "csv", "nanopub", "sssom")
"""The values of `--format`."""

MEDIA_TYPES: Final = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "nquads": "application/n-quads",
    "trig": "application/trig",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
    "csv": "text/csv",
    "nanopub": "application/trig",
    "sssom": "text/tab-separated-values",
}
"""Format to media type, as registered with IANA."""

FILE_SUFFIXES: Final = {**SUFFIXES, "csv": ".csv", "nanopub": ".trig", "sssom": ".sssom.tsv"}
"""Format to the end of a file's name."""

_HELD: Final = {
    "csv": ("ontology", "statements", "advice"),
    "nanopub": ("statements",),
    "sssom": ("alignments",),
}
"""What a format that is no RDF format can hold; the RDF formats hold everything."""


def chosen(what: str, format: str, *, patients: bool) -> tuple[str, ...]:
    """Return the datasets to write; "all" is everything that the format can hold.

    Args:
        what: one of `WHAT`.
        format: one of `FORMATS`.
        patients: whether there are patients; without them "all" leaves "advice" out.

    Raises:
        InputError: one of the words is unknown, they do not go together, advice is asked for and
            there are no patients, or there are patients and no advice would be written.
    """
    for word, known in ((what, WHAT), (format, FORMATS)):
        if word not in known:
            raise InputError(word, "is not known here", f"choose one of {', '.join(known)}")
    held = _HELD.get(format, DATASETS)
    if what not in (*held, "all"):
        raise InputError(
            f"--format {format}",
            f"does not hold --what {what}",
            f"choose --what {' or '.join((*held, 'all'))}, or another format",
        )
    if what == "advice" and not patients:
        raise InputError("--what advice", "needs patients", "name files with --patient")
    names = tuple(name for name in held if patients or name != "advice")
    names = names if what == "all" else (what,)
    if patients and "advice" not in names:
        raise InputError(
            "--patient",
            f"is for advice, and --what {what} --format {format} writes none",
            "leave it out, or choose --what advice",
        )
    return names
