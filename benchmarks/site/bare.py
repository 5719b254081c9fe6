"""The least that Django can do: answer, read one row, insert one row. The ceilings that pages are compared with."""

import json

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from benchmarks.site.models import BareRow


def view(_request: HttpRequest) -> HttpResponse:
    """Answer."""
    return HttpResponse(b"ok")


def read(_request: HttpRequest, row_id: int) -> HttpResponse:
    """Read one row by its key with the ORM."""
    return HttpResponse(str(BareRow.objects.get(pk=row_id).at))


def insert(request: HttpRequest) -> HttpResponse:
    """Insert one row with the ORM, in a transaction of its own."""
    row = BareRow.objects.create(at=timezone.now(), body=json.loads(request.body))
    return HttpResponse(str(row.pk), status=201)
