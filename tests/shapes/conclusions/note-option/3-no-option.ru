# expect: 1
# also: conclusion-patient
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT { <https://example.org/poem-kg/nowhere> poemkg:ofPatient ?patient }
WHERE { ?patient a poemkg:Patient } ;
DELETE { ?node poemkg:beside ?value }
INSERT { ?node poemkg:beside <https://example.org/poem-kg/nowhere> }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Note . ?node poemkg:beside ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:beside ?value
}
