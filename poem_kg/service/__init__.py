"""What the web service answers, without a word of HTTP plumbing: a call goes in, an answer out."""
