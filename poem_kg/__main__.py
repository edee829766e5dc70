"""`python -m poem_kg` is the command line."""

from poem_kg.cli import main

main()
