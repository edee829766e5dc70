# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT { ?node poemkg:supports ?option }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Argument . ?node poemkg:supports ?any } ORDER BY ?node LIMIT 1 }
  ?option a poemkg:Option
}
