# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:droracle2025-C31 poemkg:inSequence ?value }
WHERE { stmt:droracle2025-C31 poemkg:inSequence ?value }
