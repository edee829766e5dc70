"""The ontology as OWL 2: its profile, what follows from it, and why."""
