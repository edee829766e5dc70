# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
INSERT DATA {
  poemkg:Pregnancy rdfs:label "another"@en .
}
