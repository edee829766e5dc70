# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:openOn ?value }
INSERT { ?node poemkg:openOn <https://example.org/poem-kg/nowhere> }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Classification . ?node poemkg:openOn ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:openOn ?value
}
