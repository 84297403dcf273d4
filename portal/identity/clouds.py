"""The file that makes `openstack --os-cloud NAME` work as pasted."""

from __future__ import annotations

import json
import secrets

from django.conf import settings

from images.actors import Actor
from portal.identity.credentials import NewCredential, create_credential
from portal.identity.models import ApplicationCredential, User

CLOUDS_YAML = """\
clouds:
  {cloud}:
    auth_type: v3applicationcredential
    auth:
      auth_url: {auth_url}
      application_credential_id: {credential}
      application_credential_secret: {secret}
    region_name: {region}
    interface: public
    identity_api_version: 3
"""


def clouds_yaml(credential: ApplicationCredential, *, secret: str) -> str:
    """Return a clouds.yaml with *credential* inside."""
    values = {
        "cloud": settings.CLOUD_NAME,
        "auth_url": f"{settings.PUBLIC_URL}/identity/v3",
        "credential": credential.pk,
        "secret": secret,
        "region": settings.REGION,
    }
    return _filled(CLOUDS_YAML, values)


THEIR_CLOUDS_YAML = """\
clouds:
  {cloud}:
    auth_type: v3password
    auth:
      auth_url: {auth_url}
      username: {username}
      user_domain_name: {domain}
      project_id: {project}
    region_name: {region}
    interface: public
    identity_api_version: 3
"""


def keystone_clouds_yaml(user: User, *, project: str) -> str:
    """Return a clouds.yaml for a Keystone's *user*, whom the client asks for the password."""
    values = {
        "cloud": settings.CLOUD_NAME,
        "auth_url": settings.KEYSTONE["PUBLIC_URL"],
        "username": str(user),
        "domain": settings.KEYSTONE["DOMAIN"],
        "project": project,
        "region": settings.REGION,
    }
    return _filled(THEIR_CLOUDS_YAML, values)


def _filled(form: str, values: dict[str, str]) -> str:
    """Return *form* with *values*, each of which is JSON then, and so is YAML."""
    quoted = {name: json.dumps(value, ensure_ascii=False) for name, value in values.items()}
    return form.format_map(quoted)


def create_clouds_yaml(*, actor: Actor) -> str:
    """Return a clouds.yaml for *actor* in its project, with a new credential made for it."""
    name = f"clouds.yaml {secrets.token_hex(4)}"
    secret, credential = create_credential(NewCredential(name=name), actor=actor)
    return clouds_yaml(credential, secret=secret)
