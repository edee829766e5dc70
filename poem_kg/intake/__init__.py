"""A patient by way of a form: its fields, what was filled in, and what to ask next."""
