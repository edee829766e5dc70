# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
INSERT DATA {
  criterion:child rdfs:label "another"@en .
}
