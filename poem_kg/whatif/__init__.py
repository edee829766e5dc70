"""What would change the answer, and what to ask next, by deriving for hypothetical patients."""
