"""Which drill, how fast, and in whose place."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.clinical.rehearsal import SPEEDS, drill_scripts
from sojourn.program.people.roles import Role
from sojourn.program.rehearsals.cast import ROLES

SPEED_WORDS = {1: _("as it happens"), 10: _("10 times as fast"), 60: _("60 times as fast")}


class BeginForm(forms.Form):
    script = forms.ChoiceField(label=_("Script"), choices=lambda: [(s.id, s.title) for s in drill_scripts()])
    speed = forms.TypedChoiceField(
        label=_("Speed"),
        coerce=int,
        choices=[(speed, SPEED_WORDS[speed]) for speed in SPEEDS],
        initial=10,
        help_text=_("At 60 times, an hour takes a minute: for showing. Ten times is brisk practice."),
    )
    role = forms.TypedChoiceField(
        label=_("In the place of"),
        coerce=Role,
        choices=[(role.value, role.label) for role in ROLES],
        initial=Role.SESSION_MONITOR.value,
    )
