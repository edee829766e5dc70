# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT { ?node poemkg:statement stmt:droracle2025-C16 }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:TestFirst . ?node poemkg:statement ?any } ORDER BY ?node LIMIT 1 }
}
