# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX source: <https://w3id.org/poem-kg/source/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  stmt:poem-kg-I01 poemkg:source source:aga2017 .
}
