# expect: 1
# also: statement-population
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:droracle2025-C21 poemkg:disorder ?value }
WHERE { stmt:droracle2025-C21 poemkg:disorder ?value }
