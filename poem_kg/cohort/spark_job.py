"""What `spark-submit` runs: `spark-submit spark_job.py --output DIR INPUT...`.

The same as `poem-kg cohort --runner spark`, for clusters that start programs this way. The master
and everything else about Spark is said to `spark-submit`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a cohort and return the exit status: 1 where patients were rejected, 2 for an error."""
    from poem_kg.cohort.command import summary_line
    from poem_kg.cohort.spark import CHUNK_SIZE, run_spark
    from poem_kg.errors import PoemKgError

    def tell(line: str) -> None:
        sys.stderr.write(line + "\n")

    told = _parser(CHUNK_SIZE).parse_args(arguments)
    try:
        manifest = run_spark(
            told.inputs,
            told.output,
            format=told.input_format,
            group=told.group,
            chunk_size=told.chunk_size,
            as_of=told.as_of,
            seconds=told.patient_seconds,
            tell=tell,
        )
    except PoemKgError as error:
        tell(str(error))
        return error.exit_code
    tell(summary_line(manifest, told.output))
    return 1 if manifest["counts"]["rejected"] else 0


def _parser(chunk_size: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="spark_job.py", description="Advice for many patients.")
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="files, folders, patterns")
    parser.add_argument("--output", "-o", required=True, metavar="DIR", help="the folder to make")
    parser.add_argument("--chunk-size", type=int, default=chunk_size, help="patients at once")
    parser.add_argument("--group", action="store_true", help="the lines of a patient are apart")
    parser.add_argument("--input-format", help="what all inputs are in, whatever their names say")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD")
    parser.add_argument("--patient-seconds", type=float, default=30.0, help="the longest for one")
    return parser


if __name__ == "__main__":
    sys.exit(main())
