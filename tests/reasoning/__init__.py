"""Tests of the reasoning doors, and of the ontology by them."""
