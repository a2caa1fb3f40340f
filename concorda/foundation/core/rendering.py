"""How Django's forms become our markup: FORM_RENDERER = "concorda.foundation.core.rendering.FormRenderer"."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Our templates for forms, fields and errors; needs django.forms in INSTALLED_APPS, after core."""

    form_template_name = "core/forms/form.html"
    field_template_name = "core/forms/field.html"
    formset_template_name = "core/forms/formset.html"
