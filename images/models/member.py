"""A project with which an image is shared."""

from __future__ import annotations

from django.db import models
from django.db.models import OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from images.states import MemberStatus


class Member(models.Model):
    """One project's share in one image, with its answer."""

    image = models.ForeignKey("images.Image", models.CASCADE, related_name="members")
    project = models.CharField(_("project"), max_length=255)
    status = models.CharField(
        _("status"), max_length=16, choices=MemberStatus, default=MemberStatus.PENDING
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=timezone.now, editable=False)

    class Meta:
        """An image is shared with a project once."""

        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(fields=["image", "project"], name="member_once_per_image"),
        ]
        indexes = [models.Index(fields=["project", "status", "image"], name="member_by_project")]

    def __str__(self) -> str:
        """Return the project's id."""
        return self.project

    @classmethod
    def of_project(cls, project: str | None) -> QuerySet[Member]:
        """Memberships of *project* in the image of an outer query."""
        return cls.objects.filter(image=OuterRef("pk"), project=project)

    @classmethod
    def answered(cls, project: str | None, status: str) -> QuerySet[Member]:
        """Memberships as `of_project`, with the answer *status*; "all" counts any."""
        found = cls.of_project(project)
        return found if status == "all" else found.filter(status=status)
