"""What changes from one version of the knowledge to another, and for which patients."""
