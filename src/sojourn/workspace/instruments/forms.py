from django import forms
from django.utils.translation import gettext_lazy as _

LARGEST_BYTES = 200_000


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=80)


class TextPackForm(forms.Form):
    """A text pack: one TOML file with the words of one instrument and the attestation of its licence."""

    pack = forms.FileField(
        label=_("Text pack"),
        help_text=_("A TOML file with the questions and options, copyright, license reference, permitted uses, and who"
                    " attests that your practice may use them."),
    )  # fmt: skip
    attested = forms.BooleanField(
        label=_("I attest that this practice holds the license the file names, for clinical use.")
    )

    def clean_pack(self) -> str:
        """Give the text of the file."""
        given = self.cleaned_data["pack"]
        if given.size > LARGEST_BYTES:
            raise forms.ValidationError(_("This file is larger than any text pack."))
        try:
            return str(given.read().decode("utf-8"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("This file is not a text in UTF-8.")) from None
