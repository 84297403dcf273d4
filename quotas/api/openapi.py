"""What may be asked of a project's usage, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import fixed
from images.api.openapi.operation import DescribedView, answer, operation

COUNT = {"type": "integer", "minimum": -1}
USAGE = {"type": "object", "additionalProperties": fixed(usage=COUNT, limit=COUNT)}


class Usage(DescribedView):
    """/v2/info/usage."""

    target_class = "quotas.api.views.UsageView"
    tag = "Service"
    operations = {
        "get": operation(
            "Show usage",
            {200: answer("One's own project's usage and limits, by name.", fixed(usage=USAGE))},
        ),
    }
