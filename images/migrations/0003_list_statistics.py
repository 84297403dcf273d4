from typing import Any

from django.db import migrations

EXPRESSIONS = {
    "name": "COALESCE(name, '')",
    "size": "COALESCE(size, 0)",
    "disk_format": "COALESCE(disk_format, '')",
    "container_format": "COALESCE(container_format, '')",
}
# PostgreSQL reads no statistics of partial indexes, and without any it takes what is rare for common.
MADE = [
    *(
        f"CREATE STATISTICS image_by_{key} ON ({expression}) FROM images_image"
        for key, expression in EXPRESSIONS.items()
    ),
    "CREATE STATISTICS property_by_both (mcv) ON name, (LEFT(value, 100)) FROM images_property",
    "ALTER STATISTICS property_by_both SET STATISTICS 1000",
    "ALTER TABLE images_tag ALTER COLUMN name SET STATISTICS 1000",
]
UNDONE = [
    "ALTER TABLE images_tag ALTER COLUMN name SET STATISTICS -1",
    "DROP STATISTICS property_by_both",
    *(f"DROP STATISTICS image_by_{key}" for key in EXPRESSIONS),
]


def make(_apps: Any, schema_editor: Any) -> None:
    """Keep statistics of what lists compare."""
    _run(schema_editor, MADE)


def undo(_apps: Any, schema_editor: Any) -> None:
    """Keep none."""
    _run(schema_editor, UNDONE)


def _run(schema_editor: Any, commands: list[str]) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for command in commands:
            schema_editor.execute(command)


class Migration(migrations.Migration):
    dependencies = [("images", "0002_list_indexes")]

    operations = [migrations.RunPython(make, undo)]
