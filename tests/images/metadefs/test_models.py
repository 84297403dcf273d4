from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from images.metadefs.models import (
    Association,
    MetadefObject,
    MetadefProperty,
    MetadefTag,
    Namespace,
    ResourceType,
)
from tests.images.metadefs.conftest import MakeNamespace

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [{"namespace": "Own"}, {"namespace": ""}, {"visibility": "shared"}, {"visibility": ""}],
)
def test_database_refuses_a_namespace(
    make_namespace: MakeNamespace, fields: dict[str, Any]
) -> None:
    make_namespace()

    with pytest.raises(IntegrityError), transaction.atomic():
        Namespace.objects.create(**{"namespace": "New", "owner": "o"} | fields)


@pytest.mark.parametrize("model", [MetadefObject, MetadefProperty, MetadefTag])
@pytest.mark.parametrize("name", ["taken", ""])
def test_database_refuses_a_part(
    make_namespace: MakeNamespace, model: type[MetadefProperty], name: str
) -> None:
    namespace = make_namespace()
    more: dict[str, Any] = {"definition": {}} if model is MetadefProperty else {}
    model.objects.create(namespace=namespace, name="taken", **more)
    model.objects.create(namespace=make_namespace("Other"), name="taken", **more)

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(namespace=namespace, name=name, **more)


def test_database_refuses_a_resource_type_twice(make_namespace: MakeNamespace) -> None:
    namespace, kind = make_namespace(), ResourceType.objects.create(name="R")
    Association.objects.create(namespace=namespace, resource_type=kind)

    for name in ("R", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            ResourceType.objects.create(name=name)
    with pytest.raises(IntegrityError), transaction.atomic():
        Association.objects.create(namespace=namespace, resource_type=kind)


def test_rows_say_their_names(make_namespace: MakeNamespace) -> None:
    namespace = make_namespace(
        objects=[{"name": "o"}],
        tags=[{"name": "t"}],
        properties={"p": {"title": "T", "type": "string"}},
        resource_type_associations=[{"name": "R"}],
    )
    rows = [
        namespace,
        MetadefObject.objects.get(),
        MetadefTag.objects.get(),
        MetadefProperty.objects.get(),
        Association.objects.get(),
        ResourceType.objects.get(),
    ]

    assert [str(row) for row in rows] == ["Own", "o", "t", "p", "R", "R"]
