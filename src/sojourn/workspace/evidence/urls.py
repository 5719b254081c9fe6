from django.urls import path

from sojourn.workspace.evidence.statements import publish_statement, statements, withdraw_statement
from sojourn.workspace.evidence.views import evidence, evidence_card, studies

urlpatterns = [
    path("", evidence, name="evidence"),
    path("studies/", studies, name="studies"),
    path("statements/", statements, name="statements"),
    path("statements/publish/", publish_statement, name="publish_statement"),
    path("statements/<uuid:statement_id>/withdraw/", withdraw_statement, name="withdraw_statement"),
    path("<slug:claim_id>/", evidence_card, name="evidence_card"),
]
