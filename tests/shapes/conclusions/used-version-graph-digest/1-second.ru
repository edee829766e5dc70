# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT { ?node poemkg:graphDigest "sha256:0000000000000000000000000000000000000000000000000000000000000000" }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:UsedVersion . ?node poemkg:graphDigest ?any } ORDER BY ?node LIMIT 1 }
}
