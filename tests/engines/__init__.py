"""Three SPARQL engines behind one small interface, for tests that compare them."""
