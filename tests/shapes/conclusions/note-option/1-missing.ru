# expect: 1
# also: conclusion-patient
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:beside ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Note . ?node poemkg:beside ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:beside ?value
}
