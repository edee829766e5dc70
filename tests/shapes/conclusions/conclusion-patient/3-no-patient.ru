# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:ofPatient ?value }
INSERT { ?node poemkg:ofPatient <https://example.org/poem-kg/nowhere> }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement . ?node poemkg:ofPatient ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:ofPatient ?value
}
