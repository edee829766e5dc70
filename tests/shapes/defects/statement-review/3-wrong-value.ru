# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:poem-kg-I01 poemkg:review ?value }
WHERE { stmt:poem-kg-I01 poemkg:review ?value } ;
INSERT DATA {
  stmt:poem-kg-I01 poemkg:review poemkg:present .
}
