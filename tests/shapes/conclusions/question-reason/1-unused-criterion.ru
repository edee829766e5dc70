# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
INSERT DATA {
  <https://w3id.org/poem-kg/criterion/idle> a poemkg:FactCriterion .
} ;
DELETE { ?node poemkg:criterion ?value }
INSERT { ?node poemkg:criterion <https://w3id.org/poem-kg/criterion/idle> }
WHERE {
  { SELECT ?node WHERE { ?node a poemkg:Question . ?node poemkg:criterion ?any } ORDER BY ?node LIMIT 1 }
  ?node poemkg:criterion ?value
}
