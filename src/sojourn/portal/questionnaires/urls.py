from django.urls import path

from sojourn.portal.questionnaires.views import answer, answer_by_link, draft, draft_by_link, goal_by_link

urlpatterns = [
    path("<uuid:request_id>/", answer, name="questionnaire"),
    path("<uuid:request_id>/draft/", draft, name="questionnaire_draft"),
    path("by-link/<slug:token>/", answer_by_link, name="questionnaire_by_link"),
    path("by-link/<slug:token>/draft/", draft_by_link, name="questionnaire_draft_by_link"),
    path("by-link/<slug:token>/goal/", goal_by_link, name="goal_by_link"),
]
