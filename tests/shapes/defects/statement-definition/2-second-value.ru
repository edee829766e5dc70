# expect: 1
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
INSERT DATA {
  stmt:poem-kg-I01 skos:definition "Another."@en .
}
