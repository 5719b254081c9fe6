"""Accounts, the practice and its sites, staff with their credentials, patients and their care teams."""

from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from uuid_utils.compat import uuid7

from sojourn.program.people.roles import Role

STAFF_ROLES = [(role.value, role.label) for role in Role if role.is_staff]


class Accounts(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """An account to sign in with. Who the person is to the practice stands in StaffMember or Patient."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("email",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []
    objects = Accounts()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]


class Practice(models.Model):
    """The one practice of this database."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=300)
    is_demonstration = models.BooleanField(default=False)
    seeded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_practice_per_database")]


class PracticePhone(models.Model):
    """The practice's telephone number from a moment on. The newest row holds; an empty number says that there is none."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    phone = models.CharField(max_length=40, blank=True)
    set_by = models.ForeignKey("StaffMember", on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="practice_phones_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class Site(models.Model):
    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=300)
    address = models.CharField(max_length=300)
    state = models.CharField(max_length=2)
    timezone = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name"], name="site_names_differ")]


@pghistory.track(model_name="StaffMemberHistory")
class StaffMember(models.Model):
    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("name", "left_on")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="staff_member")
    name = models.CharField(max_length=300)
    roles = ArrayField(models.CharField(max_length=20, choices=STAFF_ROLES))
    sites = models.ManyToManyField(Site, related_name="staff")
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(roles__len__gte=1), name="staff_have_a_role")]


@pghistory.track(model_name="CredentialHistory")
class Credential(models.Model):
    """A license, registration or training of one staff member, with the day it ends."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("number",)

    class Kind(models.TextChoices):
        LICENSE = "license", "state license"
        CONTROLLED_SUBSTANCES = "controlled_substances", "controlled-substance registration"
        LIFE_SUPPORT = "life_support", "life-support training"
        KETAMINE_TRAINING = "ketamine_training", "ketamine program training"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff_member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    state = models.CharField(max_length=2, blank=True)  # empty: valid everywhere
    number = models.CharField(max_length=80)
    issued_on = models.DateField()
    expires_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("issued_on")), name="credentials_end_after_they_begin"
            )
        ]
        indexes = [models.Index(fields=["expires_on"], name="credentials_by_expiry")]


@pghistory.track(model_name="PatientHistory")
class Patient(models.Model):
    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("name", "born_on", "phone", "state", "import_id")

    class Kind(models.TextChoices):
        PATIENT = "patient", "patient"
        RESEARCH = "research", "imported research record"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, blank=True, related_name="patient")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.PATIENT)
    name = models.CharField(max_length=300)
    born_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=2, blank=True)  # where the patient is; decides which licenses count
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="patients")
    joined_at = models.DateTimeField()
    import_source = models.CharField(max_length=80, blank=True)
    import_id = models.CharField(max_length=80, blank=True)
    import_days_made_up = models.BooleanField(default=False)  # the file had no calendar days

    class Meta:
        indexes = [models.Index(fields=["site", "kind"], name="patients_of_a_site")]
        constraints = [
            models.UniqueConstraint(
                fields=["import_source", "import_id"],
                condition=~Q(import_source=""),
                name="one_record_per_imported_person",
            ),
            models.CheckConstraint(
                condition=Q(kind="research", user=None) | Q(kind="patient"),
                name="research_records_cannot_sign_in",
            ),
        ]


class CareTeamMember(models.Model):
    """Who looks after a patient, from when to when."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care_team")
    staff_member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="looks_after")
    role = models.CharField(max_length=20, choices=STAFF_ROLES)
    since_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "role"], condition=Q(until_at=None), name="one_care_team_member_per_role"
            )
        ]
        indexes = [
            models.Index(fields=["staff_member"], condition=Q(until_at=None), name="current_care_team")
        ]
