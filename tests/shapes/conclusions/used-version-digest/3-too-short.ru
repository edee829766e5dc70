# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:digest ?value }
INSERT { ?node poemkg:digest "sha256:0123" }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:UsedVersion . ?node poemkg:digest ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:digest ?value
}
