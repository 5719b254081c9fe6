from django.urls import path

from sojourn.portal.help.views import crisis_help, help_after_answers, help_before_more, password_forgotten

urlpatterns = [
    path("", crisis_help, name="help"),
    path("password/", password_forgotten, name="password_forgotten"),
    path("after-answers/", help_after_answers, name="help_after_answers"),
    path("after-answers/<uuid:request_id>/", help_before_more, name="help_before_more"),
]
