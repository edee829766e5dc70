# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:disease-stage-known poemkg:part ?value }
WHERE { criterion:disease-stage-known poemkg:part ?value }
