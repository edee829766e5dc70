# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:barium-supports-need poemkg:requiresResult ?value }
WHERE { criterion:barium-supports-need poemkg:requiresResult ?value } ;
INSERT DATA {
  criterion:barium-supports-need poemkg:requiresResult poemkg:PneumaticDilation .
}
