"""The Identity API in OpenAPI's words, beside its views."""
