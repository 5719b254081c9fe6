from django.urls import path

from sojourn.workspace.messages.views import messages

urlpatterns = [path("", messages, name="messages")]
