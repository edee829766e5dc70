# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT { ?node poemkg:ofPatient <https://example.org/poem-kg/nowhere> . <https://example.org/poem-kg/nowhere> a poemkg:Patient }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement . ?node poemkg:ofPatient ?any } ORDER BY ?node LIMIT 1 }
}
