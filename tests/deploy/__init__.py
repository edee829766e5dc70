"""The files with which others deploy the service."""
