# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:derivedBy ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement . ?node poemkg:derivedBy ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:derivedBy ?value
}
