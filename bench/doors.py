"""What it costs to find out who asks: requests with a token, Basic and a session, and bare ones.

The same views answer in this process, through all the middleware, from the database at --database:
once bare, with an actor that was there before, and once for each way to say who asks: programs of
the API, people of a page. They take turns, so that a busy machine slows all of them. The ratio is
of first deciles, the times at which nobody disturbed; at most a third more time and two more
queries are aimed at.
"""

# ruff: noqa: PLC0415 -- Django is set up for a database of its own before anything of it is imported
from __future__ import annotations

import argparse
import base64
import io
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

NAME = "vitrine_bench_authentication"
IMAGES = 25
MOST, MOST_QUERIES = 4 / 3, 2
BARE, SESSION = "bare", "session"
PAGE = "page of an image"
Ask = Callable[[str], None]


class Asker(NamedTuple):
    """A user, and as whom it acts."""

    user: Any
    actor: Any


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser("bench/authentication", description=__doc__)
    parser.add_argument("--database", metavar="URL", required=True, help="PostgreSQL, superuser")
    parser.add_argument("--rounds", type=int, default=400, help="how often each is asked (400)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vitrine-bench-") as folder:
        begin(asked.database, folder)
        print(table(asked.rounds))


def begin(url: str, folder: str) -> None:
    """Make an empty database, and Django for it."""
    with psycopg.connect(url, autocommit=True) as postgres:
        for act in ("DROP DATABASE IF EXISTS {}", "CREATE DATABASE {}"):
            postgres.execute(sql.SQL(act).format(sql.Identifier(NAME)))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "VITRINE_DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{NAME}")),
        "VITRINE_VAR": folder,
        "VITRINE_SECRET_KEY": "only-for-the-bench-" * 4,
        "VITRINE_LOG_LEVEL": "ERROR",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def people() -> tuple[Asker, str, dict[str, dict[str, str]]]:
    """Fill the database; return who asks, an image's id, and the headers of each way to ask."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from images.lifecycle.images import create_image
    from portal.identity import people
    from portal.identity.actors import OPERATOR, project_actor
    from portal.identity.credentials import NewCredential, create_credential
    from portal.identity.session_store import SessionStore
    from portal.identity.tokens import Proof, Scope, issue_token

    project = people.create_project("bench", actor=OPERATOR)
    user = people.create_user("ada", password="a password", actor=OPERATOR)
    people.give_role(user, project=project, role="member", actor=OPERATOR)
    actor = project_actor(user, project=project.pk)
    assert actor
    words: dict[str, Any] = {"disk_format": "raw", "container_format": "bare", "tags": ["linux"]}
    words |= {"properties": {f"property{n}": "some words" for n in range(5)}}
    images = [create_image({"name": f"image {n}", **words}, actor=actor) for n in range(IMAGES)]
    secret, robot = create_credential(NewCredential(name="robot", scope="read"), actor=actor)
    scope = Scope(project=project)
    token, _ = issue_token(Proof(user, methods=("password",)), scope=scope)
    proof = Proof(user, methods=("application_credential",), credential=robot)
    narrowed, _ = issue_token(proof, scope=scope)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "portal.identity.backends.PeopleBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    basic = base64.b64encode(f"{robot.pk}:{secret}".encode()).decode()
    ways = {
        BARE: {},
        "token": {"HTTP_X_AUTH_TOKEN": token},
        "token of a narrowed credential": {"HTTP_X_AUTH_TOKEN": narrowed},
        "Basic, narrowed credential": {"HTTP_AUTHORIZATION": f"Basic {basic}"},
        SESSION: {"HTTP_COOKIE": f"session={session.session_key}"},
    }
    return Asker(user, actor), str(images[0].pk), ways


def asker(headers: dict[str, str]) -> Ask:
    """Return who asks for a path with *headers*."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()

    def ask(address: str) -> None:
        path, _, query = address.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": io.BytesIO(),
            "wsgi.url_scheme": "http",
            **headers,
        }
        statuses: list[str] = []
        answer: Any = application(environ, lambda status, *_: statuses.append(status))  # type: ignore[arg-type] # nobody writes by it
        b"".join(answer)
        answer.close()
        if statuses != ["200 OK"]:
            raise RuntimeError(f"{address} said {statuses}")

    return ask


@contextmanager
def bare_views(asker: Asker) -> Iterator[None]:
    """Let views believe that *asker* asks, without asking who."""
    from django.contrib.auth import middleware as usual_users
    from rest_framework.authentication import BaseAuthentication

    from images.api.views.images import ImageViewSet
    from portal import middleware as usual_actors

    class Ready(BaseAuthentication):
        def authenticate(self, request: Any) -> tuple[Any, Any]:
            return asker.user, asker.actor

    with (
        patch.object(ImageViewSet, "authentication_classes", [Ready]),
        patch.object(usual_users, "get_user", lambda _: asker.user),
        patch.object(usual_actors, "session_actor", lambda _: asker.actor),
    ):
        yield


def table(rounds: int) -> str:
    """Return a line for each view and way to ask."""
    ready, image, ways = people()
    views = {
        "list of 25": f"/v2/images?limit={IMAGES}",
        "one image": f"/v2/images/{image}",
        PAGE: f"/images/{image}",
    }
    lines = [
        "| view | who asks | ms | queries | ratio | target | |",
        "|---|---|--:|--:|--:|---|---|",
    ]
    for view, address in views.items():
        known = [BARE, SESSION] if view == PAGE else [*ways]
        askers = {way: asker(ways[way]) for way in known}
        waits: dict[str, list[float]] = {way: [] for way in known}
        queries: dict[str, int] = {}
        for number in range(rounds + 1):
            for way, ask in askers.items():
                wait, queries[way] = measured(ask, address, ready if way == BARE else None)
                if number:  # the first prepares the questions
                    waits[way].append(wait)
        at = {way: statistics.quantiles(found, n=10)[0] for way, found in waits.items()}
        lines += [row(view, way, at, queries) for way in known]
    return "\n".join(lines)


def measured(ask: Ask, address: str, ready: Asker | None) -> tuple[float, int]:
    """Return the milliseconds of one request, and how many queries it makes."""
    from django.db import connection

    count = 0

    def counted(execute: Any, *args: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*args)

    with bare_views(ready) if ready else nullcontext(), connection.execute_wrapper(counted):
        start = time.perf_counter()
        ask(address)
        wait = 1000 * (time.perf_counter() - start)
    return wait, count


def row(view: str, way: str, at: dict[str, float], queries: dict[str, int]) -> str:
    """Return one line."""
    if way == BARE:
        return f"| {view} | {way} | {at[way]:.2f} | {queries[way]} | | | |"
    ratio, more = at[way] / at[BARE], queries[way] - queries[BARE]
    verdict = "pass" if ratio <= MOST and more <= MOST_QUERIES else "**not yet**"
    return f"| {view} | {way} | {at[way]:.2f} | +{more} | {ratio:.2f} | ≤ 1.33, ≤ +2 | {verdict} |"


if __name__ == "__main__":
    main()
