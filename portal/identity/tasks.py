"""Background entry points of identity: mails."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task

logger = logging.getLogger(__name__)

PAUSES = (60, 300, 1800, 7200)  # seconds until each next try, while the mail server refuses

GIVEN_UP = {"portal.identity.mails.send_invitation": "portal.identity.invitations.note_unsent"}
"""What is told, about the same, that a writer's mail will not come; of others the log alone is."""


@task()
def send(writer: str, about: str, language: str, tries: int = 0) -> None:
    """Call *writer*; if the mail server does not take its mail, do it again later."""
    try:
        import_string(writer)(about, language=language)
    except (SMTPException, OSError) as trouble:
        kind, what = writer.rpartition(".")[2], type(trouble).__name__
        if tries == len(PAUSES):
            told = "A mail is given up after %s tries: %s: %s"
            logger.error(told, tries + 1, kind, what)  # noqa: TRY400 -- a trace has the address
            if writer in GIVEN_UP:
                import_string(GIVEN_UP[writer])(about)
            return
        logger.warning("The mail server refused a mail: %s: %s", kind, what)
        later = timezone.now() + timedelta(seconds=PAUSES[tries])
        send.using(run_after=later).enqueue(writer, about, language, tries + 1)
