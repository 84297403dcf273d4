"""What our own REST takes and answers, for OpenAPI: one module for each of its things."""
