"""Questionnaires asked for, and what was answered. A response is never edited; a correction is a new one."""

from typing import ClassVar

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from sojourn.program.people.models import Patient, StaffMember, User


class QuestionnaireRequest(models.Model):
    """One questionnaire a patient is asked for, with the days on which it may be answered."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("occasion", "due_on")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="questionnaire_requests")
    instrument_id = models.CharField(max_length=40)
    occasion = models.CharField(max_length=80)  # in words: "before treatment", "week 3"
    point = models.CharField(
        max_length=40, blank=True, db_default=""
    )  # of the calendar; blank where asked by hand
    course_id = models.UUIDField(null=True, blank=True)  # whose schedule it belongs to
    opens_on = models.DateField()
    due_on = models.DateField()
    closes_on = models.DateField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "instrument_id", "due_on"],
                condition=Q(withdrawn_at=None),
                name="asked_once_per_day",
            ),
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("due_on")) & Q(due_on__lte=F("closes_on")),
                name="windows_open_before_they_close",
            ),
        ]
        indexes = [
            models.Index(
                fields=["opens_on"], condition=Q(withdrawn_at=None), name="standing_requests_by_day"
            ),
        ]


class Response(models.Model):
    """Answers, or a total without answers, with the score as it was computed that day."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = (
        "answers",
        "value",
        "band",
        "unscorable_because",
        "answered_on",
        "stated_total",
        "correction_why",
        "import_key",
    )

    class Source(models.TextChoices):
        PATIENT = "patient", "answered by the patient"
        STAFF = "staff", "entered by staff"
        IMPORT = "import", "imported total"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="responses")
    request = models.OneToOneField(
        QuestionnaireRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="response"
    )
    instrument_id = models.CharField(max_length=40)
    instrument_version = models.CharField(max_length=20)
    definition_hash = models.CharField(max_length=64)
    text_pack_hash = models.CharField(
        max_length=64, blank=True, db_default=""
    )  # of the wording that was shown
    scale_id = models.CharField(
        max_length=40, blank=True, db_default=""
    )  # of `value`; blank is the main scale
    source = models.CharField(max_length=10, choices=Source.choices)
    answers = models.JSONField(null=True)  # None: a total without item answers
    answered_at = models.DateTimeField()
    answered_on = models.DateField()  # the day it counts for, where the patient is
    received_at = models.DateTimeField(db_default=Now())  # by this practice: a data cut goes by it
    value = models.DecimalField(max_digits=7, decimal_places=3, null=True)  # None: not scorable
    prorated = models.BooleanField(default=False)
    answered = models.PositiveSmallIntegerField(null=True)  # how many of the scored items
    band = models.CharField(max_length=40, blank=True)  # of the score, or the level of a triage
    unscorable_because = models.CharField(max_length=200, blank=True)
    stated_total = models.DecimalField(max_digits=7, decimal_places=3, null=True)  # as written on paper
    flagged = models.BooleanField(default=False)  # a critical answer stands in it
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    corrects = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrected_by"
    )
    correction_why = models.CharField(max_length=300, blank=True, db_default="")
    import_key = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["patient", "instrument_id", "answered_on"], name="responses_in_order"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["import_key"], condition=~Q(import_key=""), name="imported_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(unscorable_because="") | ~Q(band=""),
                name="no_result_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(answers__isnull=False) | Q(source="import"), name="only_imports_lack_answers"
            ),
            models.CheckConstraint(
                condition=Q(corrects=None) | ~Q(correction_why=""), name="corrections_say_why"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="responses_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


class Draft(models.Model):
    """What a patient has chosen so far. It is overwritten while they go on, and is no response."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("answers",)

    request = models.OneToOneField(
        QuestionnaireRequest, on_delete=models.PROTECT, primary_key=True, related_name="draft"
    )
    answers = models.JSONField()
    saved_at = models.DateTimeField()


class AnswerLink(models.Model):
    """A way to one questionnaire without a password. The link itself is not kept, only what it can be checked by."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(QuestionnaireRequest, on_delete=models.PROTECT, related_name="links")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    hour_began_at = models.DateTimeField()
    uses_in_hour = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="links_end_after_they_begin"
            )
        ]


class Notice(models.Model):
    """One message about a request, or the note that its window closed without an answer.

    Its words are made from its kind when it is sent or shown: no health information is kept in it.
    """

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    class Kind(models.TextChoices):
        INVITED = "invited", "invited"
        REMINDED = "reminded", "reminded"
        LAPSED = "lapsed", "window closed without an answer"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(QuestionnaireRequest, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(default=1)  # of the reminder
    at = models.DateTimeField()
    link = models.OneToOneField(AnswerLink, on_delete=models.PROTECT, null=True, related_name="notice")
    sent_at = models.DateTimeField(null=True)
    not_sent_because = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "number"], name="each_notice_is_given_once"),
        ]
        indexes = [models.Index(fields=["-at"], name="notices_newest_first")]


class TextPack(models.Model):
    """The wording of one instrument as the practice installed it. The newest holds; earlier ones stay."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ()

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    instrument_id = models.CharField(max_length=40)
    instrument_version = models.CharField(max_length=20)
    text = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True)
    installed_by = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    installed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["instrument_id", "-installed_at"], name="newest_pack_of_an_instrument")
        ]
        triggers = [
            pgtrigger.Protect(
                name="text_packs_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]


@pghistory.track(model_name="GoalHistory")
class Goal(models.Model):
    """What getting better means to a patient, in their own words. Words may be mended while it stands; ratings stay."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("words",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="goals")
    place = models.PositiveSmallIntegerField()  # 1 to 3
    words = models.CharField(max_length=200)
    named_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )  # None: by a link
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(place__gte=1, place__lte=3), name="goals_are_three_at_most"),
            models.UniqueConstraint(
                fields=["patient", "place"], condition=Q(ended_at=None), name="one_goal_in_each_place"
            ),
            models.CheckConstraint(condition=~Q(words=""), name="goals_have_words"),
        ]
        triggers = [
            pgtrigger.Protect(name="goals_are_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="ended_goals_keep_their_words",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.ended_at IS NOT NULL"),
            ),
        ]


class GoalRating(models.Model):
    """How near a goal was in a week. A later rating of the same week holds; the earlier one stays on record."""

    PERSONAL_DATA: ClassVar[tuple[str, ...]] = ("value", "on")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="ratings")
    value = models.PositiveSmallIntegerField()  # 0 "not yet" to 4 "there"
    on = models.DateField()  # where the patient is
    rated_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )  # None: the patient

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(value__lte=4), name="goals_are_rated_0_to_4")]
        indexes = [models.Index(fields=["goal", "on"], name="ratings_of_a_goal")]
        triggers = [
            pgtrigger.Protect(
                name="goal_ratings_are_never_edited", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
