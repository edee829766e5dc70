# expect: 1
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
PREFIX source: <https://w3id.org/poem-kg/source/>
PREFIX stmt: <https://w3id.org/poem-kg/statement/>
DELETE { stmt:droracle2025-C42 poemkg:severityScheme ?value }
WHERE { stmt:droracle2025-C42 poemkg:severityScheme ?value } ;
INSERT DATA {
  stmt:droracle2025-C42 poemkg:severityScheme source:aga2017 .
}
