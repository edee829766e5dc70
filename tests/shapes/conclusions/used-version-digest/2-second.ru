# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT { ?node poemkg:digest "sha256:0000000000000000000000000000000000000000000000000000000000000000" }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:UsedVersion . ?node poemkg:digest ?any } ORDER BY ?node LIMIT 1 }
}
