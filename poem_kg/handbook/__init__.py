"""The documentation as one site: what is written by hand, and references made from the data."""
