# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:droracle2025-C42 poemkg:severityScheme ?value }
WHERE { stmt:droracle2025-C42 poemkg:severityScheme ?value }
