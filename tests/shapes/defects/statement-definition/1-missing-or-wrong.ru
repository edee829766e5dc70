# expect: 1
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:poem-kg-I01 skos:definition ?value }
WHERE { stmt:poem-kg-I01 skos:definition ?value }
