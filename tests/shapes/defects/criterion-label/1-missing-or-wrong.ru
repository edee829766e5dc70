# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
DELETE { criterion:child rdfs:label ?value }
WHERE { criterion:child rdfs:label ?value }
