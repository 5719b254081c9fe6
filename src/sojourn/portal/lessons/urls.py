from django.urls import path

from sojourn.portal.lessons.views import lesson, lessons, myths, what_we_say

urlpatterns = [
    path("", lessons, name="lessons"),
    path("myths-and-facts/", myths, name="myths"),
    path("what-we-say/", what_we_say, name="what_we_say"),
    path("<slug:lesson_id>/", lesson, name="lesson"),
]
