# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  criterion:both a poemkg:AllOfCriterion ; rdfs:label "both" ; poemkg:part criterion:hiatal-hernia .
  stmt:droracle2025-C10 poemkg:when criterion:both .
}
