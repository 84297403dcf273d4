"""How PostgreSQL answers a list: the plan of its question, with the service's own settings."""

from __future__ import annotations

from bench.client import Target
from tests.live import Server

CODE = """
from django.db import connection
from django.test import Client
asked = []
def keep(execute, sql, params, many, context):
    asked.append((sql, params))
    return execute(sql, params, many, context)
with connection.execute_wrapper(keep):
    Client().get({address!r}, headers={headers!r})
sql, params = asked[-1]
with connection.cursor() as cursor:
    cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + sql, params)
    for (line,) in cursor.fetchall():
        print(line)
"""


def plan(server: Server, actor: Target, address: str) -> str:
    """Return how the database behind *server* finds what *actor* gets at *address*."""
    headers = {"Host": actor.host} | actor.headers
    return server.run(CODE.format(address=address, headers=headers))
