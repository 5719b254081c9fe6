"""The stop rule of a course: proposing and agreeing to its terms, where it stands, and the conversation it asks for."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sojourn.clinical import instruments, protocols
from sojourn.clinical.outcomes import stop_rule as rules
from sojourn.clinical.outcomes.stop_rule import Terms, chance_of_conversation, stop_rule_policy
from sojourn.program.people.access import only
from sojourn.program.people.roles import Role
from sojourn.program.treatment import stopping
from sojourn.program.treatment.chart import ChartHead, CourseLine, chart_head
from sojourn.program.treatment.stop_rules import StopRuleNow, stop_rule_of

HALVED = 2


@dataclass(frozen=True)
class Odds:
    """Out of a hundred people whose score has truly fallen by `fallen` points, how many are asked to talk."""

    fallen: int
    called: int


class TermsForm(forms.Form):
    """The terms a prescriber proposes, within what is offered."""

    fall = forms.ChoiceField(label=gettext_lazy("Scale and least fall"))
    by_session = forms.TypedChoiceField(label=gettext_lazy("By session"), coerce=int)

    def __init__(self, *args: Any, proposed: Terms, doses: int, **kwargs: Any) -> None:
        initial = {"fall": f"{proposed.instrument}:{proposed.points}", "by_session": proposed.by_session}
        super().__init__(*args, **{"initial": initial, "prefix": "terms", **kwargs})
        self.fields["fall"].choices = [  # type: ignore[attr-defined]
            (f"{scale.instrument}:{points}", f"{instruments.get(scale.instrument).title}, {points}")
            for scale in stop_rule_policy().scales.values()
            for points in range(scale.low, scale.high + 1)
        ]
        sessions = stop_rule_policy().sessions(doses=doses)
        self.fields["by_session"].choices = [(n, n) for n in sessions]  # type: ignore[attr-defined]

    @property
    def terms(self) -> Terms:
        instrument, points = self.cleaned_data["fall"].split(":")
        return Terms(instrument, int(points), self.cleaned_data["by_session"])


class TalkForm(forms.Form):
    """What was chosen in the conversation, and why."""

    choice = forms.ChoiceField(
        label=gettext_lazy("How both go on"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how both go on.")},
    )
    words = forms.CharField(
        label=gettext_lazy("What was said and agreed, in a line"),
        max_length=1000,
        error_messages={
            "required": gettext_lazy("Say in a line what was agreed. Without it nothing is recorded.")
        },
    )
    again_by = forms.IntegerField(
        label=gettext_lazy("Look again at session"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=gettext_lazy(
            "Only where you go on. Leave it open, and this rule asks no more in this course."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "talk", **kwargs})
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            (choice.id, choice.title) for choice in stop_rule_policy().choices.values()
        ]


@only(Role.PRESCRIBER, Role.MEDICAL_DIRECTOR)
def stop_rule(request: Any, patient_id: UUID) -> HttpResponse:
    """Show the rule of the open course with the choices that remain, and record an offer or a conversation."""
    head = chart_head(patient_id, actor=request.actor)
    if head is None:
        raise Http404
    course = head.open_course
    if course is None:
        messages.info(request, _("There is no open course for which a stop rule could be agreed."))
        return redirect("workspace:chart", patient_id=patient_id)
    rule = stop_rule_of(patient_id, actor=request.actor, now=request.now)
    doses = protocols.course_protocol(course.protocol_id).doses
    offered = stopping.offered_terms(course.id, actor=request.actor)
    deed = request.POST.get("deed", "")
    start = rule.terms if rule else offered or rules.usual_terms(doses=doses)
    terms = TermsForm(request.POST if deed == "offer" else None, proposed=start, doses=doses)
    talk = TalkForm(request.POST if deed == "talk" else None)
    is_recorded = (
        (deed == "offer" and terms.is_valid() and _offered(request, course, terms))
        or (deed == "agree" and rule is not None and _agreed(request, course, rule))
        or (deed == "talk" and talk.is_valid() and _talked(request, course, talk))
    )
    if is_recorded:
        return redirect("workspace:stop_rule", patient_id=patient_id)
    return _page(request, head, rule, offered, terms, talk)


def _offered(request: Any, course: CourseLine, form: TermsForm) -> bool:
    stopping.offer_stop_rule(course_id=course.id, terms=form.terms, actor=request.actor, now=request.now)
    messages.success(request, _("Proposed. The patient sees it first when reading the consent."))
    return True


def _agreed(request: Any, course: CourseLine, rule: StopRuleNow) -> bool:
    stopping.offer_stop_rule(course_id=course.id, terms=rule.terms, actor=request.actor, now=request.now)
    messages.success(request, _("Agreed. The rule holds as the patient signed it."))
    return True


def _talked(request: Any, course: CourseLine, form: TalkForm) -> bool:
    try:
        stopping.record_stop_conversation(
            course_id=course.id,
            choice_id=form.cleaned_data["choice"],
            words=form.cleaned_data["words"],
            again_by=form.cleaned_data["again_by"],
            actor=request.actor,
            now=request.now,
        )
    except stopping.NothingToTalkOver:
        messages.info(request, _("No dose waits for this rule. Nothing was recorded."))
    except stopping.NoSuchChoice:
        form.add_error("again_by", _("Name a session to come, and only where you go on."))
        return False
    else:
        messages.success(request, _("The conversation is recorded."))
    return True


def _page(
    request: Any,
    head: ChartHead,
    rule: StopRuleNow | None,
    offered: Terms | None,
    terms: TermsForm,
    talk: TalkForm,
) -> HttpResponse:
    policy = stop_rule_policy()
    status = 422 if terms.errors or talk.errors else 200
    return render(
        request,
        "workspace/patients/stop_rule.html",
        {
            "patient": head.patient,
            "rule": rule,
            "offered": rules.sentence(offered) if offered else "",
            "terms": terms,
            "talk": talk,
            "policy": policy,
            "sources": [citation.in_words for citation in policy.citations],
            "choices": [
                (choice, [citation.in_words for citation in choice.citations])
                for choice in policy.choices.values()
            ],
            "odds": _odds(rule.terms if rule else offered),
        },
        status=status,
    )


def _odds(terms: Terms | None) -> tuple[Odds, ...]:
    if terms is None:
        return ()
    scores = stop_rule_policy().most_scores
    return tuple(
        Odds(fallen, round(100 * chance_of_conversation(terms, true_fall=fallen, scores=scores)))
        for fallen in (0, terms.points // HALVED, terms.points, terms.points + 4)
    )
