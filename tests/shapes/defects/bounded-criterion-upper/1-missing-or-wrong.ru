# expect: 1
PREFIX criterion: <https://w3id.org/poem-kg/criterion/>
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { criterion:child poemkg:notMetAbove ?value }
WHERE { criterion:child poemkg:notMetAbove ?value } ;
INSERT DATA {
  criterion:child poemkg:notMetAbove 10.0 .
}
