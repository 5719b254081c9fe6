from django.urls import path

from sojourn.workspace.results import views

urlpatterns = [
    path("", views.results, name="results"),
    path("card/", views.card, name="claim_card"),
    path("card.json", views.card_json, name="claim_card_json"),
    path("card.csv", views.card_csv, name="claim_card_csv"),
    path("publish/", views.publish, name="publish_results"),
]
