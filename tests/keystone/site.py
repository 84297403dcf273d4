"""A real Keystone, and people in it, for the tests that need one."""

from __future__ import annotations

import json
import secrets
import subprocess
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from keystoneauth1.adapter import Adapter
from keystoneauth1.identity.v3 import ApplicationCredential, Password
from keystoneauth1.session import Session

from tests.live import ROOT

PASSWORD = "correct-horse-battery-there"
SERVICE = "vitrine"


@dataclass(frozen=True)
class Keystone:
    """The Keystone that `scripts/services keystone` starts, asked as its administrator."""

    url: str
    password: str

    @cached_property
    def admin(self) -> Adapter:
        """Who may do everything there."""
        return self.login("admin", self.password, project_name="admin")

    def login(self, name: str, password: str = PASSWORD, **scope: str) -> Adapter:
        """Return *name* asking, in the *scope* that keywords of keystoneauth say, or in none."""
        domains: Any = {"user_domain_name": "Default", "project_domain_name": "Default"}
        auth = Password(self.url, username=name, password=password, **domains | scope)
        return Adapter(Session(auth=auth), endpoint_override=self.url)

    def token(self, name: str, project: str) -> str:
        """Return a token of *name* in *project*."""
        return str(self.login(name, project_name=project).get_token())

    def robots_token(self, credential: dict[str, Any]) -> str:
        """Return a token got with an application credential."""
        auth = ApplicationCredential(
            self.url,
            application_credential_id=credential["id"],
            application_credential_secret=credential["secret"],
        )
        return str(Session(auth=auth).get_token())

    def make(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Return a new thing of that *kind*, a project say."""
        made: dict[str, Any] = self.admin.post(f"/{kind}s", json={kind: fields}).json()[kind]
        return made

    def change(self, kind: str, thing: dict[str, Any], **fields: Any) -> None:
        """Change *fields* of a *thing* of that *kind*."""
        self.admin.patch(f"/{kind}s/{thing['id']}", json={kind: fields})

    def make_user(self, name: str, **fields: Any) -> dict[str, Any]:
        """Return a new user with the password of all."""
        return self.make("user", name=name, password=PASSWORD, **fields)

    def give(self, user: dict[str, Any], role: str, project: dict[str, Any]) -> None:
        """Give *user* a role in *project*."""
        self.admin.put(f"/projects/{project['id']}/users/{user['id']}/roles/{self.role(role)}")

    def take(self, user: dict[str, Any], role: str, project: dict[str, Any]) -> None:
        """Take a role in *project* from *user*."""
        self.admin.delete(f"/projects/{project['id']}/users/{user['id']}/roles/{self.role(role)}")

    def role(self, name: str) -> str:
        """Return the id of the role *name*."""
        found = self.admin.get("/roles", params={"name": name}).json()["roles"]
        return str(found[0]["id"])

    def make_robot(
        self, user: dict[str, Any], project: dict[str, Any], **fields: Any
    ) -> dict[str, Any]:
        """Return a new application credential of *user* in *project*; *roles* are names."""
        names = [{"name": name} for name in fields.pop("roles", [])]
        body = {"name": unique("robot"), **({"roles": names} if names else {}), **fields}
        asking = self.login(user["name"], project_name=project["name"])
        path = f"/users/{user['id']}/application_credentials"
        answer = asking.post(path, json={"application_credential": body}).json()
        made: dict[str, Any] = answer["application_credential"]
        return made

    def serve_images(self, url: str, *, region: str = "RegionOne") -> None:
        """Let the catalogue name *url* as the image service of *region*."""
        image = self.image_service()
        services = self.admin.get("/services").json()["services"]
        ids = {service["type"]: service["id"] for service in services} | {"image": image}
        known = {"interface": "public", "region_id": region}
        self.make("endpoint", url=url, service_id=ids["image"], **known)
        self.make("endpoint", url=self.url, service_id=ids["identity"], **known)

    def register_limit(self, resource: str, value: int, *, region: str) -> None:
        """Let all projects have *value* of *resource* of the image service of *region*."""
        named = {"service_id": self.image_service(), "region_id": region, "resource_name": resource}
        limits = {"registered_limits": [named | {"default_limit": value}]}
        self.admin.post("/registered_limits", json=limits)

    def set_limit(self, project: str, resource: str, value: int, *, region: str) -> None:
        """Let *project* have *value* of *resource*, another limit or the first of its own."""
        named = {"service_id": self.image_service(), "region_id": region, "resource_name": resource}
        asked = named | {"project_id": project}
        there = self.admin.get("/limits", params=asked).json()["limits"]
        if there:
            change = {"limit": {"resource_limit": value}}
            self.admin.patch(f"/limits/{there[0]['id']}", json=change)
            return
        self.admin.post("/limits", json={"limits": [asked | {"resource_limit": value}]})

    def image_service(self) -> str:
        """Return the id of the image service of the catalogue."""
        found = self.admin.get("/services", params={"type": "image"}).json()["services"]
        if not found:
            return str(self.make("service", type="image", name="glance")["id"])
        return str(found[0]["id"])

    @property
    def variables(self) -> dict[str, str]:
        """The variables that make a service trust this Keystone, with the least that it needs."""
        return {
            "VITRINE_IDENTITY": "keystone",
            "VITRINE_KEYSTONE_URL": self.url,
            "VITRINE_KEYSTONE_USER": SERVICE,
            "VITRINE_KEYSTONE_PASSWORD": PASSWORD,
        }


@cache
def running_keystone() -> Keystone:
    """Return the Keystone, started if it is not there, with a user for the service."""
    said = subprocess.run(
        ["scripts/services", "keystone"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    keystone = Keystone(**json.loads(said.stdout))
    if not keystone.admin.get("/users", params={"name": SERVICE}).json()["users"]:
        user = keystone.make_user(SERVICE)
        keystone.admin.put(f"/system/users/{user['id']}/roles/{keystone.role('reader')}")
    return keystone


def unique(name: str) -> str:
    """Return *name* with something that no other test has; the Keystone is one for all."""
    return f"{name}-{secrets.token_hex(4)}"
