# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:criterion ?value }
INSERT { ?node poemkg:criterion <https://example.org/poem-kg/nowhere> }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement . ?node poemkg:criterion ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:criterion ?value
}
