# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:digest ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:UsedVersion . ?node poemkg:digest ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:digest ?value
}
