"""Finding a patient: by name, which is sent in the form's body because a name may not stand in an address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.program.people.roster import SiteRow
from sojourn.program.treatment.phases import Phase


class SearchForm(forms.Form):
    name = forms.CharField(
        label=_("Part of a name"),
        min_length=2,
        max_length=300,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={"min_length": _("Type at least two letters."), "required": _("Type part of a name.")},
    )


class FilterForm(forms.Form):
    """What may stand in an address: a phase, a site, and the id of the last patient of the page before."""

    phase = forms.ChoiceField(
        label=_("Phase"), required=False, widget=forms.Select(attrs={"data-optional": "hide"})
    )
    site = forms.ChoiceField(
        label=_("Site"), required=False, widget=forms.Select(attrs={"data-optional": "hide"})
    )
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sites: tuple[SiteRow, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phase"].choices = [("", _("every phase")), *Phase.choices]  # type: ignore[attr-defined]
        self.fields["site"].choices = [  # type: ignore[attr-defined]
            ("", _("every site")),
            *((str(site.id), site.name) for site in sites),
        ]
