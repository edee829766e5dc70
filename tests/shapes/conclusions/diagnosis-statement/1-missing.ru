# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:statement ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Diagnosis . ?node poemkg:statement ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:statement ?value
}
