"""A course: starting it, ordering its doses, seeing its series, ending it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import CheckboxInput, Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical import protocols
from sojourn.clinical.quantities import Implausible
from sojourn.program.people.access import only
from sojourn.program.people.patients import patient_card
from sojourn.program.people.places import local_date
from sojourn.program.people.policy import may_do
from sojourn.program.people.roles import Role
from sojourn.program.plans import actions, queries
from sojourn.program.plans.proposing import places_of
from sojourn.program.treatment import series
from sojourn.program.treatment.held import HeldVisit, held_visits_of
from sojourn.workspace.planning.exposure import Compared, NextSession, compared
from sojourn.workspace.planning.forms import CourseForm, EndForm, OrderForm
from sojourn.workspace.planning.overview import PLANNERS

PRESCRIBERS = (Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
REFUSED = (
    actions.NotDecided,
    actions.AnsweredSince,
    actions.WayForbidden,
    actions.MayNotPrescribe,
    actions.DoseRefused,
    actions.CourseAlreadyOpen,
    actions.CourseEnded,
    actions.WhyMissing,
    Implausible,
)


@only(*PRESCRIBERS)
def course_new(request: Any, patient_id: UUID) -> HttpResponse:
    """Start a course from a protocol, with its first order."""
    patient = patient_card(patient_id, actor=request.actor)
    if patient is None:
        raise Http404
    running = queries.open_course_of(patient_id, actor=request.actor)
    if running is not None:
        messages.info(request, _("A course is open already. Nothing was changed."))
        return redirect("workspace:course", course_id=running.id)
    choices = [(protocol.id, protocol.title) for protocol in protocols.course_protocols()]
    form = CourseForm(request.POST or None, protocols=choices)
    only_compares = _only_compares(request, form)
    comparison = None
    if request.method == "POST" and form.is_valid():
        protocol = protocols.course_protocol(form.cleaned_data["protocol_id"])
        held = held_visits_of(patient_id, actor=request.actor)
        today = local_date(request.now, patient.timezone)
        first = NextSession.after(held, (), course_id=None, today=today)
        comparison = _compared_asked(form, protocol, first)
        form.fields["why"].required = True
        if not only_compares and not _asks_whether_meant(form, comparison):
            try:
                course_id = actions.start_course(
                    patient_id=patient_id, **_ordered(form), actor=request.actor, now=request.now
                )
            except REFUSED as refusal:
                _tell(form, refusal, comparison)
            else:
                messages.success(request, _("Course started. The coordinator books the series next."))
                return redirect("workspace:course", course_id=course_id)
    return render(
        request,
        "workspace/planning/course_new.html",
        {
            "form": form,
            "patient": patient,
            "protocols": protocols.course_protocols(),
            "compared": comparison,
        },
    )


@only(*PLANNERS)
def course(request: Any, course_id: UUID) -> HttpResponse:
    """Show a course with its orders and its series."""
    row = _course(request, course_id)
    protocol = protocols.course_protocol(row.protocol_id)
    visits = queries.visits_of_course(course_id, actor=request.actor)
    held = held_visits_of(row.patient_id, actor=request.actor)
    came_to = {visit.visit_id for visit in held}
    return render(
        request,
        "workspace/planning/course.html",
        {
            "course": row,
            "orders": queries.orders_of(course_id, actor=request.actor),
            "visits": [{"row": visit, "is_held": visit.id in came_to} for visit in visits],
            "compared": _compared_now(row, protocol, _next_session(request, row, held, visits)),
            "rule": series.rule_of_course(course_id, actor=request.actor, now=request.now),
            "may_talk": may_do(request.actor, "record a stop conversation"),
            "is_complete": set(places_of(protocol)) <= {(visit.kind, visit.number) for visit in visits},
            "may_order": may_do(request.actor, "order a dose"),
            "is_at_home": protocol.setting is protocols.Setting.HOME,
        },
    )


@only(*PRESCRIBERS)
def order_dose(request: Any, course_id: UUID) -> HttpResponse:
    """Order another dose for the sessions to come."""
    row = _course(request, course_id)
    protocol = protocols.course_protocol(row.protocol_id)
    form = OrderForm(request.POST or None, initial={"weight_kg": row.weight_kg})
    only_compares = _only_compares(request, form)
    held = held_visits_of(row.patient_id, actor=request.actor)
    visits = queries.visits_of_course(course_id, actor=request.actor)
    session = _next_session(request, row, held, visits)
    comparison = _compared_now(row, protocol, session)
    if request.method == "POST" and form.is_valid():
        comparison = _compared_asked(form, protocol, session, row.dose_mg)
        form.fields["why"].required = True
        if not only_compares and not _asks_whether_meant(form, comparison):
            try:
                actions.order_dose(
                    course_id=course_id, **_ordered(form), actor=request.actor, now=request.now
                )
            except REFUSED as refusal:
                _tell(form, refusal, comparison)
            else:
                messages.success(request, _("Dose ordered. It holds from the next session on."))
                return redirect("workspace:course", course_id=course_id)
    return render(
        request,
        "workspace/planning/order_dose.html",
        {"form": form, "course": row, "protocol": protocol, "compared": comparison},
    )


@only(*PRESCRIBERS)
def end_course(request: Any, course_id: UUID) -> HttpResponse:
    """End a course with a reason; visits to come are cancelled."""
    row = _course(request, course_id)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_course(course_id=course_id, **form.cleaned_data, actor=request.actor, now=request.now)
        except actions.CourseEnded:
            messages.info(request, _("This course had ended already. The first reason stands."))
            return redirect("workspace:course", course_id=course_id)
        except REFUSED as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, _("Course ended. Visits to come were cancelled."))
            return redirect("workspace:course", course_id=course_id)
    return render(request, "workspace/planning/end_course.html", {"form": form, "course": row})


def _course(request: Any, course_id: UUID) -> queries.CourseRow:
    row = queries.course(course_id, actor=request.actor)
    if row is None:
        raise Http404
    return row


def _only_compares(request: Any, form: Form) -> bool:
    """Tell whether the reader asked to compare and order nothing yet; then no reason is needed."""
    asked: bool = request.POST.get("do") == "compare"
    form.fields["why"].required = not asked
    return asked


def _next_session(
    request: Any, row: queries.CourseRow, held: Sequence[HeldVisit], visits: Sequence[queries.VisitRow]
) -> NextSession:
    today = local_date(request.now, row.timezone)
    return NextSession.after(held, visits, course_id=row.id, today=today)


def _ordered(form: Form) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "meant"}


def _asks_whether_meant(form: Form, comparison: Compared | None) -> bool:
    """Ask once more about a dose that looks like a slip and would be accepted: one that is far too low."""
    if (
        comparison is None
        or comparison.slip is None
        or comparison.slip.is_too_much
        or form.cleaned_data["meant"]
    ):
        return False
    form.fields["meant"].widget = CheckboxInput()
    form.add_error("dose_mg", [comparison.slip.says, _("If it is meant, tick the box and order again.")])
    return True


def _compared_now(
    row: queries.CourseRow, protocol: protocols.CourseProtocol, session: NextSession
) -> Compared | None:
    """Compare the dose that holds, where one is ordered and its weight is known."""
    if row.dose_mg is None:
        return None
    return compared(protocol=protocol, mg=row.dose_mg, weight_kg=row.weight_kg, session=session)


def _compared_asked(
    form: Form, protocol: protocols.CourseProtocol, session: NextSession, previous_mg: Decimal | None = None
) -> Compared | None:
    """Compare the dose that was typed, whether or not it may be ordered."""
    mg, weight_kg = form.cleaned_data.get("dose_mg"), form.cleaned_data.get("weight_kg")
    if mg is None:
        return None
    return compared(protocol=protocol, mg=mg, weight_kg=weight_kg, session=session, previous_mg=previous_mg)


SAYS = {
    actions.NotDecided: gettext_lazy(
        "No standing decision says that treatment suits this patient. Decide first."
    ),
    actions.AnsweredSince: gettext_lazy(
        "The patient has answered again since the decision. Decide about the new answers first."
    ),
    actions.CourseAlreadyOpen: gettext_lazy("A course is open already. It must end before another begins."),
    actions.CourseEnded: gettext_lazy("This course has ended."),
}


def _tell(form: Form, refusal: Exception, comparison: Compared | None = None) -> None:
    """Put a refusal into words, beside the field it belongs to; a slip that explains it comes first."""
    if comparison is not None and comparison.slip and isinstance(refusal, (actions.DoseRefused, Implausible)):
        form.add_error("dose_mg", comparison.slip.says)
    match refusal:
        case actions.WayForbidden(rule_ids=rule_ids):
            form.add_error("protocol_id", _forbidden(rule_ids))
        case actions.MayNotPrescribe(lacks=lacks):
            for lack in lacks:
                form.add_error(
                    None, _("You cannot prescribe here: the prescriber %(lack)s.") % {"lack": lack}
                )
        case actions.DoseRefused(says=says):
            form.add_error("dose_mg", list(says))
        case actions.WhyMissing():
            form.add_error("because" if "because" in form.fields else "why", _("Give one line of why."))
        case Implausible(message=message):
            form.add_error("weight_kg" if "weight" in message else "dose_mg", message)
        case _:
            form.add_error(None, str(SAYS[type(refusal)]))


def _forbidden(rule_ids: tuple[str, ...]) -> str:
    return _("Forbidden to this patient by absolute rules: %(rules)s. They cannot be overridden here.") % {
        "rules": ", ".join(rule_ids)
    }
