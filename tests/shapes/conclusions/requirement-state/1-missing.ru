# expect: 1
# also: requirement-fact
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?node poemkg:state ?value }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Requirement . ?node poemkg:state ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:state ?value
}
