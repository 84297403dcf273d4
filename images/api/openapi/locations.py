"""Where the data of an image lie, for OpenAPI."""

from __future__ import annotations

from images.api.openapi.components import TEXT, fixed, listed
from images.api.openapi.operation import ABSENT, DescribedView, answer, operation
from images.api.openapi.parameters import IMAGE_ID, JSON, in_path
from images.lifecycle.locations import ALGORITHMS
from images.models.location import MAX_URL

METADATA = {"type": "object", "properties": {"store": TEXT}, "required": ["store"]}
LOCATION = fixed(url={"type": ["null", "string"]}, metadata=METADATA)
ADDRESS = {"type": "string", "minLength": 1, "maxLength": MAX_URL}
PROOF = {
    "type": "object",
    "properties": {
        "os_hash_algo": {"enum": list(ALGORITHMS)},
        "os_hash_value": {"type": "string", "pattern": "^([0-9a-fA-F]{2}){16,64}$"},
    },
    "additionalProperties": False,
}


class Locations(DescribedView):
    """/v2/images/{image_id}/locations."""

    target_class = "images.api.views.locations.LocationsView"
    tag = "Locations"
    path = [IMAGE_ID]
    operations = {
        "get": operation(
            "List locations",
            {200: answer("Where the data lie.", listed(LOCATION))},
            {403: "No administrator, nor a service.", 404: ABSENT},
        ),
        "post": operation(
            "Add a location",
            {202: answer("A task adds the data at the URL in the background.")},
            {
                403: "Not permitted, or an object that only a service may name.",
                404: ABSENT,
                409: "The image is not queued, or a task works on it.",
            },
            body={
                JSON: {
                    "type": "object",
                    "properties": {"url": ADDRESS, "validation_data": PROOF},
                    "required": ["url"],
                }
            },
        ),
    }


class StoreImage(DescribedView):
    """/v2/stores/{store}/{image_id}."""

    target_class = "images.api.views.locations.StoreImageView"
    tag = "Locations"
    path = [in_path("store", "The store's name"), IMAGE_ID]
    operations = {
        "delete": operation(
            "Delete data from a store",
            {204: answer("The store does not hold them any more.")},
            {
                403: "No administrator, or the last place of the data.",
                404: "There is no such image, or the store does not hold it.",
                409: "No such store, the image is not active, or something depends on the data.",
            },
        ),
    }
