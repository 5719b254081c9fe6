"""What Django's own rules let through: long passwords of a few characters repeated."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

FEWEST_DIFFERENT = 5  # program policy


class FewCharacters:
    """Refuse a password that repeats a few characters: twelve spaces are twelve characters long."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(set(password)) < FEWEST_DIFFERENT:
            raise ValidationError(_("Use more different characters."), code="password_few_characters")

    def get_help_text(self) -> str:
        return _("Your password needs at least %(n)d different characters.") % {"n": FEWEST_DIFFERENT}
