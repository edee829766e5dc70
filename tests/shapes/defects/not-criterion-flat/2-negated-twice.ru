# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
DELETE { criterion:opioid-not-in-use poemkg:part ?value }
WHERE { criterion:opioid-not-in-use poemkg:part ?value } ;
INSERT DATA {
  criterion:twice a poemkg:NotCriterion ; rdfs:label "twice" ; poemkg:part criterion:opioid-use .
  criterion:opioid-not-in-use poemkg:part criterion:twice .
}
