# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:restsOnUnknown ?value }
INSERT { ?node poemkg:restsOnUnknown <https://example.org/poem-kg/nowhere> }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Note . ?node poemkg:restsOnUnknown ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:restsOnUnknown ?value
}
