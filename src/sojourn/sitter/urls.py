from django.urls import path

from sojourn.sitter.views import link, page

app_name = "sitter"
urlpatterns = [
    path("", page, name="page"),
    path("<slug:token>/", link, name="link"),
]
