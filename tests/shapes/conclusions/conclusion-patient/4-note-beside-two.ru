# expect: 1
# also: note-option
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT {
  ?node poemkg:beside <https://example.org/poem-kg/nowhere> .
  <https://example.org/poem-kg/nowhere> poemkg:ofPatient <https://example.org/poem-kg/other> .
  <https://example.org/poem-kg/other> a poemkg:Patient .
}
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Note . ?node poemkg:beside ?any } ORDER BY ?node LIMIT 1 }
}
