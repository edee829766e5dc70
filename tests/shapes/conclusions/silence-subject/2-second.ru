# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT { ?node poemkg:about poemkg:Fundoplication }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:NoStatement . ?node poemkg:about ?any } ORDER BY ?node LIMIT 1 }
}
