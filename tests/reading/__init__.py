"""Tests of the door for untrusted RDF: what comes through it, and what is refused and how."""
