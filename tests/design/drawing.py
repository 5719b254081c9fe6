"""Renders a piece of template that uses components, as a page's template would."""

from typing import Any

from django.template import Context, engines
from django_cotton.compiler_regex import CottonCompiler


def render(source: str, **context: Any) -> str:
    compiled = CottonCompiler().process("{% load design %}" + source)
    return engines["django"].from_string(compiled).template.render(Context(context))
