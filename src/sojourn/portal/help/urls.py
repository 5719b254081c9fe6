from django.urls import path

from sojourn.portal.help.views import crisis_help, help_after_answers

urlpatterns = [
    path("", crisis_help, name="help"),
    path("after-answers/", help_after_answers, name="help_after_answers"),
]
