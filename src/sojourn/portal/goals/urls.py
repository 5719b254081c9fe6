from django.urls import path

from sojourn.portal.goals.views import goals, rate

urlpatterns = [
    path("", goals, name="goals"),
    path("<uuid:goal_id>/", rate, name="rate_goal"),
]
