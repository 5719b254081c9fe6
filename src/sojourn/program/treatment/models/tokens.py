"""Who may add to a session without a login: a device or a person by token, a sitter by a link."""

from typing import ClassVar

from django.db import models
from uuid_utils.compat import uuid7

from sojourn.program.people.models import StaffMember
from sojourn.program.plans.models import Visit
from sojourn.program.treatment.choices import TokenRole


class RecordingToken(models.Model):
    """The right to add to one session, for one role, without a login. It reads nothing, and ends by itself.

    The secret itself is shown once and never kept: only its SHA-256 is.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="recording_tokens")
    role = models.CharField(max_length=10, choices=TokenRole.choices)
    staff = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=80, blank=True)  # which gateway
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role="monitor") ^ models.Q(staff=None), name="monitors_tokens_name_them"
            ),
        ]
        indexes = [models.Index(fields=["visit", "role"], name="recording_tokens_of_a_visit")]


class SitterLink(models.Model):
    """A way for one sitter to one session, without an account. It opens once, and binds to that browser.

    Neither the secret of the link nor that of the browser is kept: only the SHA-256 of each (the latter in `token`).
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="sitter_links")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    token = models.OneToOneField(
        RecordingToken, on_delete=models.PROTECT, null=True, related_name="sitter_link"
    )
    ended_at = models.DateTimeField(null=True)  # another link took its place

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=models.Q(ended_at=None), name="one_sitter_link_a_session"
            ),
            models.CheckConstraint(
                condition=models.Q(opened_at=None, token=None)
                | models.Q(opened_at__isnull=False, token__isnull=False),
                name="opened_links_have_their_token",
            ),
        ]
