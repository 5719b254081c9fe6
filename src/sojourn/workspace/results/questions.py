"""What an address asks: which people, which window, which outcome, up to which day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.clinical import instruments, protocols
from sojourn.clinical.instruments import Instrument
from sojourn.clinical.outcomes.practice import USUAL_WINDOWS, Window
from sojourn.program.people import roster
from sojourn.program.people.roles import Role
from sojourn.program.people.roster import SiteRow
from sojourn.program.results.counting import Asked

DEFAULT_WINDOW = "week 4"
DEFAULT_SCALE = "phq-9"
DAY = forms.DateInput(attrs={"type": "date", "data-optional": "hide"})
CHOICE = {"data-optional": "hide"}


class QuestionForm(forms.Form):
    """Everything has a default, so that the bare address asks about everybody."""

    instrument = forms.ChoiceField(label=_("Scale"), required=False, widget=forms.Select(attrs=CHOICE))
    protocol = forms.ChoiceField(label=_("Protocol"), required=False, widget=forms.Select(attrs=CHOICE))
    route = forms.ChoiceField(label=_("Route"), required=False, widget=forms.Select(attrs=CHOICE))
    site = forms.ChoiceField(label=_("Site"), required=False, widget=forms.Select(attrs=CHOICE))
    since = forms.DateField(label=_("Course begun from"), required=False, widget=DAY)
    until = forms.DateField(label=_("Course begun up to"), required=False, widget=DAY)
    at = forms.ChoiceField(label=_("After the first dose"), required=False, widget=forms.Select(attrs=CHOICE))
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[("response", _("response")), ("remission", _("remission"))],
        widget=forms.Select(attrs=CHOICE),
    )
    cut = forms.DateField(label=_("Data up to"), required=False, widget=DAY)
    received = forms.DateTimeField(
        required=False, widget=forms.HiddenInput
    )  # answers received up to this moment

    def __init__(
        self,
        asked: Mapping[str, Any],
        *,
        sites: tuple[SiteRow, ...],
        sees_all: bool,
        now: datetime,
        zone: ZoneInfo,
        **kwargs: Any,
    ) -> None:
        # A question that names no window or scale shows the one that is answered, not the first of the list.
        given = {
            "at": asked.get("at") or DEFAULT_WINDOW,
            "instrument": asked.get("instrument") or DEFAULT_SCALE,
        }
        super().__init__({**asked, **given}, **kwargs)
        self.now, self.zone, self.sees_all = now, zone, sees_all
        self.today = now.astimezone(zone).date()
        self.fields["instrument"].choices = [(scale.id, scale.title) for scale in judged_scales()]  # type: ignore[attr-defined]
        self.sites = {str(site.id): site.name for site in sites}
        courses = protocols.course_protocols()
        self.routes = {course.id: course.route for course in courses}
        self.titles = {course.id: course.title for course in courses}
        self.fields["protocol"].choices = [("", _("every protocol")), *self.titles.items()]  # type: ignore[attr-defined]
        self.fields["route"].choices = [  # type: ignore[attr-defined]
            ("", _("every route")), *((route, route) for route in sorted(set(self.routes.values()))),
        ]  # fmt: skip
        self.fields["site"].choices = [("", _("every site")), *self.sites.items()]  # type: ignore[attr-defined]
        self.fields["at"].choices = [(window.id, window.id) for window in USUAL_WINDOWS]  # type: ignore[attr-defined]

    @classmethod
    def of_request(cls, request: Any) -> "QuestionForm":
        """Read the address; what cannot be read asks about everybody."""
        actor = request.actor
        sees_all = Role.MEDICAL_DIRECTOR in actor.roles
        sites = tuple(site for site in roster.all_sites() if sees_all or site.id in actor.site_ids)
        zone = ZoneInfo(roster.timezone_of(actor))

        def read(words: dict[str, str]) -> QuestionForm:
            question = cls(words, sites=sites, sees_all=sees_all, now=request.now, zone=zone)
            return question if question.is_valid() else read({})

        return read(request.GET.dict())

    def clean_cut(self) -> date:
        """The data cut, today at the latest: the future has not been answered yet."""
        cut: date | None = self.cleaned_data["cut"]
        return min(cut or self.today, self.today)

    def clean_received(self) -> datetime | None:
        """The moment of the cut; one that has not come yet is no cut."""
        received: datetime | None = self.cleaned_data["received"]
        return received if received is not None and received < self.now else None

    @property
    def moment(self) -> datetime | None:
        """The data cut as a moment: the one named, or the end of a day that is over; None is now."""
        given = self.cleaned_data
        if given.get("received"):
            received: datetime = given["received"]
            return received
        if given["cut"] >= self.today:
            return None
        return datetime.combine(given["cut"] + timedelta(days=1), time(), self.zone).astimezone(UTC)

    @property
    def settled_moment(self) -> datetime:
        """A moment at which this question can be asked again: for now, the last full minute that is a minute past.

        No answer that is still being written then could belong to it later.
        """
        moment = self.moment or self.now.replace(second=0, microsecond=0) - timedelta(minutes=1)
        return moment.astimezone(UTC)

    @property
    def asked_at_a_moment(self) -> Asked:
        """The people, as they were known at a moment that is settled."""
        return replace(self.asked, cut=self.settled_moment)

    @property
    def as_of(self) -> date:
        """The day of the cut, where the reader works."""
        if self.cleaned_data.get("received"):
            return self.cleaned_data["received"].astimezone(self.zone).date()  # type: ignore[no-any-return]
        cut: date = self.cleaned_data["cut"]
        return cut

    @property
    def instrument_id(self) -> str:
        """The scale that is asked about."""
        return self.cleaned_data.get("instrument") or DEFAULT_SCALE

    @property
    def window(self) -> Window:
        """The window of the headline."""
        wanted = self.cleaned_data.get("at") or DEFAULT_WINDOW
        return next(window for window in USUAL_WINDOWS if window.id == wanted)

    @property
    def asks_remission(self) -> bool:
        return self.cleaned_data.get("outcome") == "remission"

    @property
    def asked(self) -> Asked:
        """The people, as the query takes them."""
        given = self.cleaned_data
        protocol, route = given.get("protocol"), given.get("route")
        chosen = [each for each in self.routes if each == protocol or not protocol]
        chosen = [each for each in chosen if not route or self.routes[each] == route]
        return Asked(
            as_of=self.as_of,
            cut=self.moment,
            protocols=tuple(chosen) if protocol or route else None,
            site_id=UUID(given["site"]) if given.get("site") else None,
            since=given.get("since"),
            until=given.get("until"),
        )

    @property
    def population(self) -> str:
        """Who is asked about, in words; the same words for the same people."""
        given = self.cleaned_data
        parts = ["everybody whose first course"]
        if given.get("protocol"):
            parts.append(f"by {self.titles[given['protocol']]}")
        if given.get("route"):
            parts.append(f"by the route {given['route']}")
        if given.get("site"):
            parts.append(f"at {self.sites[given['site']]}")
        parts.append("began")
        if given.get("since"):
            parts.append(f"from {given['since'].isoformat()}")
        parts.append(f"up to {(given.get('until') or self.as_of).isoformat()}")
        if not self.sees_all:
            parts.append(f"among the patients of {', '.join(sorted(self.sites.values())) or 'no site'}")
        return " ".join(parts)

    @property
    def query(self) -> str:
        """The same question as an address, with its data cut named to the moment."""
        given = self.cleaned_data
        return urlencode(
            {
                "instrument": self.instrument_id,
                "protocol": given["protocol"],
                "route": given["route"],
                "site": given["site"],
                "since": given["since"] or "",
                "until": given["until"] or "",
                "at": self.window.id,
                "outcome": given["outcome"],
                "received": self.settled_moment.isoformat(),
            }
        )


@cache
def judged_scales() -> tuple[Instrument, ...]:
    """The instruments for which response or remission is defined, by title."""
    judged = (scale for scale in instruments.all_instruments() if scale.outcome_rules)
    return tuple(sorted(judged, key=lambda scale: scale.title))
