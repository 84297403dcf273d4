"""The metadata definitions in OpenAPI's words, beside their views."""
