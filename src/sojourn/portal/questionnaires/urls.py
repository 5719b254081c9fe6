from django.urls import path

from sojourn.portal.questionnaires.views import answer

urlpatterns = [path("<uuid:request_id>/", answer, name="questionnaire")]
