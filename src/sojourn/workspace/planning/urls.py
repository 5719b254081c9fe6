from django.urls import path

from sojourn.workspace.planning import booking, courses, overview, ready, tablets, visits, without_dose

urlpatterns = [
    path("", overview.planning, name="planning"),
    path("day/", overview.calendar, name="calendar"),
    path("patients/<uuid:patient_id>/course/", courses.course_new, name="course_new"),
    path("courses/<uuid:course_id>/", courses.course, name="course"),
    path("courses/<uuid:course_id>/order/", courses.order_dose, name="order_dose"),
    path("courses/<uuid:course_id>/tablets/", tablets.tablets, name="tablets"),
    path("courses/<uuid:course_id>/end/", courses.end_course, name="end_course"),
    path("courses/<uuid:course_id>/series/", booking.book_series, name="book_series"),
    path("without-dose/", without_dose.decide, name="without_dose"),
    path("without-dose/<uuid:visit_id>/undo/", without_dose.undo, name="without_dose_undo"),
    path("visits/<uuid:visit_id>/move/", visits.move_visit, name="move_visit"),
    path("visits/<uuid:visit_id>/cancel/", visits.cancel_visit, name="cancel_visit"),
    path("visits/<uuid:visit_id>/ready/", ready.readiness, name="readiness"),
    path("visits/<uuid:visit_id>/sitter/", visits.name_sitter, name="name_sitter"),
]
