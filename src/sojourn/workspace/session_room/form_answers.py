"""What a form asks of people and no session tells: one small form beside it, until everything is known."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.program.treatment.form_answers import SEXES, Asked

LABELS = {"female": _("Female"), "male": _("Male")}


class AnswersForm(forms.Form):
    """Only what is still to be asked. Everything may be left out and told another time."""

    sex = forms.ChoiceField(
        label=_("Sex, as the form asks for it"),
        required=False,
        choices=[(name, LABELS[name]) for name in SEXES],
        widget=forms.RadioSelect(attrs={"data-layout": "row"}),
    )
    enrolled_on = forms.DateField(
        label=_("Enrolled in the program since"),
        required=False,
        help_text=_("Before the first treatment. From then on every form says so by itself."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Please enter a day as year-month-day.")},
    )
    phone = forms.CharField(
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "answers", **kwargs})
        self.fields["phone"].label = _("Telephone of %(name)s, who monitored") % {"name": asked.phone_of}
        for name, is_asked in (
            ("sex", asked.sex),
            ("enrolled_on", asked.enrolled),
            ("phone", asked.phone_of),
        ):
            if not is_asked:
                del self.fields[name]
