"""The Image API in OpenAPI's words, beside the views and from the same description of fields."""
