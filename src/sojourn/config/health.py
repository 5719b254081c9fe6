from django.db import connection
from django.http import HttpRequest, HttpResponse

from sojourn.program.people.access import everyone


@everyone
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when a page can be served and the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
