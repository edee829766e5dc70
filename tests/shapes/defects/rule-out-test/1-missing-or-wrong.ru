# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:mechanical-obstruction-ruled-out poemkg:test ?value }
WHERE { criterion:mechanical-obstruction-ruled-out poemkg:test ?value }
