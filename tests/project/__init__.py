"""Tests of what the project promises about itself: package, imports, repository, documents."""
