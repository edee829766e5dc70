# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT { ?node poemkg:beside ?option }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Note . ?node poemkg:beside ?any } ORDER BY ?node LIMIT 1 }
  ?option a poemkg:Option
}
