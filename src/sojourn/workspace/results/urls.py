from django.urls import path

from sojourn.workspace.results import report_views, views

urlpatterns = [
    path("", views.results, name="results"),
    path("card/", views.card, name="claim_card"),
    path("card.json", views.card_json, name="claim_card_json"),
    path("card.csv", views.card_csv, name="claim_card_csv"),
    path("reports/", report_views.ask, name="ask_report"),
    path("reports/<uuid:report_id>/", report_views.report, name="results_report"),
    path("reports/<uuid:report_id>/stop/", report_views.cancel, name="cancel_report"),
    path("reports/<uuid:report_id>/again/", report_views.again, name="start_report_again"),
    *(
        path(
            f"reports/<uuid:report_id>/report.{kind}",
            report_views.export,
            {"kind": kind},
            name=f"report_{kind}",
        )
        for kind in report_views.KINDS
    ),
    path("publish/", views.publish, name="publish_results"),
]
