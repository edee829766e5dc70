# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:child poemkg:metUpTo ?value }
WHERE { criterion:child poemkg:metUpTo ?value }
