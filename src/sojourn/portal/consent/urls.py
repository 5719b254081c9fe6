from django.urls import path

from sojourn.portal.consent.stop_rule import stop_rule
from sojourn.portal.consent.views import consent, consents, signed_consent, withdraw_consent

urlpatterns = [
    path("", consents, name="consents"),
    path("stop-rule/", stop_rule, name="stop_rule"),
    path("signed/<uuid:consent_id>/", signed_consent, name="signed_consent"),
    path("signed/<uuid:consent_id>/withdraw/", withdraw_consent, name="withdraw_consent"),
    path("<slug:document_id>/", consent, name="consent"),
]
