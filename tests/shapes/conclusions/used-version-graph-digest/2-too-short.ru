# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:graphDigest ?value }
INSERT { ?node poemkg:graphDigest "sha256:0123" }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:UsedVersion . ?node poemkg:graphDigest ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:graphDigest ?value
}
