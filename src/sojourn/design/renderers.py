"""Makes every Django form of Sojourn look like `<c-field>`, also where a template only says `{{ form }}`."""

from django.forms.renderers import TemplatesSetting


class DesignRenderer(TemplatesSetting):
    """The FORM_RENDERER of the settings."""

    form_template_name = "design/forms/form.html"
    field_template_name = "design/forms/field.html"
