"""Is the knowledge sound? Every rule that an ontology folder keeps, with file, line and advice."""
