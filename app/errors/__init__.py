"""Errors: codes, problem documents, and errors of schemas and databases as messages."""
