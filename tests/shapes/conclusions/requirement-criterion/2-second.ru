# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT { ?node poemkg:criterion criterion:child }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement . ?node poemkg:criterion ?any } ORDER BY ?node LIMIT 1 }
}
