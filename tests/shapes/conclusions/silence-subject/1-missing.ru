# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:about ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:NoStatement . ?node poemkg:about ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:about ?value
}
