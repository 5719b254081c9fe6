from django.urls import path

from sojourn.portal.how_it_works.views import how_it_works

urlpatterns = [path("", how_it_works, name="how_it_works")]
