"""How accounts sign in: by e-mail, through django-allauth; sign-up happens only in the portal's own page."""

from typing import Any
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sojourn.program.people.models import User


class EmailLogin(AuthenticationBackend):  # type: ignore[misc] # allauth ships no types
    """Read the account together with who the person is, in one query a request."""

    def get_user(self, user_id: Any) -> User | None:
        return (
            User.objects.filter(pk=user_id, is_active=True).select_related("staff_member", "patient").first()
        )


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "This e-mail and this password do not belong together. Check both and try again."
        ),
        "enter_current_password": _("This is not your password of now. Type it again."),
        "incorrect_password": _("This is not your password. Type it again."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse allauth's own sign-up: a patient joins with their answers, staff are added by the practice."""
        return False


def sign_in(request: HttpRequest, user_id: UUID) -> None:
    """Sign a person in who has just made their account; a new session begins."""
    user = User.objects.get(pk=user_id)
    login(request, user, backend="sojourn.program.people.login.EmailLogin")
