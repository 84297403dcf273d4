from __future__ import annotations

import yaml
from pytest_django.fixtures import Settings

from images.actors import Actor
from portal.identity.clouds import create_clouds_yaml
from portal.identity.models import ApplicationCredential


def test_clouds_yaml_has_a_new_credential_inside(alice_in_demo: Actor) -> None:
    text = create_clouds_yaml(actor=alice_in_demo)

    credential = ApplicationCredential.objects.get()
    cloud = yaml.safe_load(text)["clouds"]["vitrine"]
    secret = cloud["auth"].pop("application_credential_secret")
    assert credential.opens_with(secret)
    assert cloud == {
        "auth_type": "v3applicationcredential",
        "auth": {
            "auth_url": "http://127.0.0.1:8000/identity/v3",
            "application_credential_id": credential.pk,
        },
        "region_name": "RegionOne",
        "interface": "public",
        "identity_api_version": 3,
    }


def test_clouds_yaml_quotes_any_name(alice_in_demo: Actor, settings: Settings) -> None:
    settings.CLOUD_NAME = 'our: "cloud" #1 🚀'
    settings.REGION = "yes"

    text = create_clouds_yaml(actor=alice_in_demo)

    clouds = yaml.safe_load(text)["clouds"]
    assert list(clouds) == ['our: "cloud" #1 🚀']
    assert clouds['our: "cloud" #1 🚀']["region_name"] == "yes"


def test_clouds_yaml_can_be_had_again(alice_in_demo: Actor) -> None:
    create_clouds_yaml(actor=alice_in_demo)
    create_clouds_yaml(actor=alice_in_demo)

    assert ApplicationCredential.objects.count() == 2
