from __future__ import annotations

from http import HTTPStatus

from django.test import Client

from portal.openapi import document


def test_document_is_for_everybody() -> None:
    response = Client().get("/docs/openapi.json")

    assert response.status_code == HTTPStatus.OK
    assert response["Content-Type"] == "application/json"
    assert response.content == document()


def test_document_is_not_sent_twice() -> None:
    tag = Client().get("/docs/openapi.json")["ETag"]

    response = Client().get("/docs/openapi.json", headers={"If-None-Match": tag})

    assert response.status_code == HTTPStatus.NOT_MODIFIED


def test_page_shows_the_document() -> None:
    page = Client().get("/docs/")

    assert 'data-document="/docs/openapi.json"' in page.text


def test_page_is_only_read() -> None:
    assert Client().post("/docs/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
