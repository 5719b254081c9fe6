from django.urls import path

from sojourn.portal.assessment.views import assessment

urlpatterns = [path("", assessment, name="assessment")]
