# expect: 1
# also: statement-graded
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:poem-kg-I01 poemkg:strength ?value }
WHERE { stmt:poem-kg-I01 poemkg:strength ?value } ;
INSERT DATA {
  stmt:poem-kg-I01 poemkg:strength poemkg:present .
}
