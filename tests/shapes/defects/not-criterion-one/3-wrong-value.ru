# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:opioid-not-in-use poemkg:part ?value }
WHERE { criterion:opioid-not-in-use poemkg:part ?value } ;
INSERT DATA {
  criterion:opioid-not-in-use poemkg:part criterion:nothing .
}
