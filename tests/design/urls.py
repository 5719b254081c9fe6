"""The gallery without its door and without the rest of the product: the look must stand by itself.

Who may enter the gallery is tested with all other routes.
"""

from inspect import unwrap

from django.urls import include, path
from django.views.generic import TemplateView

from sojourn.design.gallery import gallery

a_page = TemplateView.as_view(template_name="design/layouts/portal.html")
urlpatterns = [
    path("", a_page, name="home"),
    path(
        "lessons/", include(([path("", a_page, name="lessons")], "portal"))
    ),  # the bar of a visitor names it
    path("gallery/", unwrap(gallery)),
    path("account/", include("sojourn.config.account")),
]
