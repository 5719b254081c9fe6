"""Amounts as they are typed: a plain number in the unit beside the field. Anything else is answered by what to write."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NUMBER_ONLY: Final = {
    name: gettext_lazy("Give a plain number with at most one decimal; the unit stands beside it.")
    for name in ("invalid", "max_digits", "max_decimal_places", "max_whole_digits")
}
TYPED: Final = re.compile(r"(?P<number>\d{1,9}(?:[.,]\d{1,9})?)\s*(?P<unit>[a-zµμ/]*)\.?", re.IGNORECASE)
PER_KG: Final = "mg/kg"
IN_MG: Final = {"g": "1000", "µg": "0.001", "μg": "0.001", "ug": "0.001", "mcg": "0.001"}
IN_KG: Final = {"lb": "0.45359237", "lbs": "0.45359237", "g": "0.001", "st": "6.35029318"}


class AmountField(forms.DecimalField):
    """A number in one unit; `others` are units that are told what the number comes to in this one."""

    def __init__(self, *, unit: str, others: Mapping[str, str], **kwargs: Any) -> None:
        widget = forms.NumberInput(attrs={"data-unit": unit, "step": "0.1", "inputmode": "decimal"})
        super().__init__(widget=widget, error_messages=NUMBER_ONLY, decimal_places=1, **kwargs)
        self.unit, self.others = unit, others

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            self._refuse_words(value.strip())
        return super().to_python(value)

    def _refuse_words(self, typed: str) -> None:
        """Raise ValidationError for a number that is not a plain one in this unit; let the field judge the rest."""
        found = TYPED.fullmatch(typed)
        if found is None:
            return
        number, unit = found["number"], found["unit"].lower()
        point = number.replace(",", ".")
        words = {"number": point, "unit": unit, "own": self.unit}
        if unit == PER_KG:
            says = _("This field is in %(own)s for the whole dose, not per kg of body weight.")
            raise ValidationError(says % words, code="per_kg")
        if unit in self.others:
            words["comes_to"] = f"{(Decimal(point) * Decimal(self.others[unit])).normalize():.12g}"
            raise ValidationError(
                _("This field is in %(own)s: %(number)s %(unit)s is %(comes_to)s %(own)s.") % words
            )
        if unit == self.unit:
            raise ValidationError(
                _("Write %(number)s alone; the unit %(own)s stands beside the field.") % words
            )
        if not unit and "," in number:
            if len(number.split(",")[1]) == len("000"):
                words["whole"] = number.replace(",", "")
                raise ValidationError(
                    _("A comma can be read in two ways: write %(whole)s, or %(number)s with a point.") % words
                )
            raise ValidationError(_("Write the decimal with a point: %(number)s.") % words)


def per_kg_in_mg(typed: str, weight_kg: Decimal) -> str:
    """Say what so many mg per kg come to at a weight; "" where something else was typed."""
    found = TYPED.fullmatch(typed.strip())
    if found is None or found["unit"].lower() != PER_KG:
        return ""
    amount = Decimal(found["number"].replace(",", "."))
    return _("At %(weight)s kg, %(amount)s mg/kg is %(mg)s mg.") % {
        "weight": f"{weight_kg:g}", "amount": f"{amount:g}", "mg": f"{amount * weight_kg:.1f}",
    }  # fmt: skip
