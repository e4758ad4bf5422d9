"""The OpenAPI document, with examples that work."""
