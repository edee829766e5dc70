# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:poem-kg-I01 poemkg:verified ?value }
WHERE { stmt:poem-kg-I01 poemkg:verified ?value }
