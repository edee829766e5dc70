"""Files for others to load: RDF, tables, mappings, nanopublications, and what describes them."""
