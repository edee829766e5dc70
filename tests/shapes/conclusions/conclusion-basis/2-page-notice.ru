# expect: 3
PREFIX poemkg: <https://w3id.org/poem-kg/ontology/>
DELETE { ?statement poemkg:noticeOnAdvice ?kind }
WHERE {
  { SELECT ?statement WHERE { ?statement poemkg:noticeOnAdvice ?any } ORDER BY ?statement LIMIT 1 }
  ?statement poemkg:noticeOnAdvice ?kind
}
