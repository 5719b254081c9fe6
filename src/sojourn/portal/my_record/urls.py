from django.urls import path

from sojourn.portal.my_record.views import my_record

urlpatterns = [path("", my_record, name="my_record")]
