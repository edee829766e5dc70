# expect: 1
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  stmt:poem-kg-I01 rdfs:label "another"@en .
}
