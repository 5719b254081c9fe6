"""The outcomes a decision can have, for pages and models alike."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DecisionOutcome(models.TextChoices):
    SUITABLE = "suitable", _("suitable for treatment")
    NEEDS_MORE = "needs_more", _("more information needed")
    REFERRED = "referred", _("referred to a specialist")
    DECLINED = "declined", _("not suitable")
