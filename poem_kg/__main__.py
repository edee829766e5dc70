"""`python -m poem_kg` is the command line."""

from poem_kg.cli.main import main

main()
