from typing import Any

from django.db import migrations

KEPT = (
    'id, kind, image_id, subject, project, "user", address, token, request_id,'
    ' payload, "before", "after", created_at'
)
MAKE = f"""
CREATE FUNCTION images_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('vitrine.forgets', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Events are kept as they were written.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER images_event_unchanged BEFORE UPDATE OF {KEPT} ON images_event
    FOR EACH ROW EXECUTE FUNCTION images_event_is_kept();
CREATE TRIGGER images_event_undeleted BEFORE DELETE ON images_event
    FOR EACH ROW EXECUTE FUNCTION images_event_is_kept();
"""
DROP = """
DROP TRIGGER images_event_unchanged ON images_event;
DROP TRIGGER images_event_undeleted ON images_event;
DROP FUNCTION images_event_is_kept();
"""


def make(apps: Any, schema_editor: Any) -> None:
    """Let PostgreSQL itself refuse to change events, and to delete any but what is over.

    SQLite knows no such thing for one transaction: there only the model refuses.
    """
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MAKE)


def drop(apps: Any, schema_editor: Any) -> None:
    """Let events be changed again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("images", "0006_grants_end")]

    operations = [migrations.RunPython(make, drop)]
