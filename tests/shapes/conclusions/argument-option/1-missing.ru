# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:supports ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Argument . ?node poemkg:supports ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:supports ?value
}
