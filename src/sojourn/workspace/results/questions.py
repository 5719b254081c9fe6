"""What an address asks: which people, which window, which outcome, up to which day."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from sojourn.clinical import protocols
from sojourn.clinical.outcomes.practice import USUAL_WINDOWS, Window
from sojourn.program.people.roster import SiteRow
from sojourn.program.results.counting import Asked

DEFAULT_WINDOW = "week 4"
DAY = forms.DateInput(attrs={"type": "date", "data-optional": "hide"})
CHOICE = {"data-optional": "hide"}


class QuestionForm(forms.Form):
    """Everything has a default, so that the bare address asks about everybody."""

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

    def __init__(
        self, asked: Mapping[str, Any], *, sites: tuple[SiteRow, ...], today: date, **kwargs: Any
    ) -> None:
        # A question that names no window shows the one that is answered, not the first of the list.
        super().__init__({**asked, "at": asked.get("at") or DEFAULT_WINDOW}, **kwargs)
        self.today = today
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

    def clean_cut(self) -> date:
        """The data cut, today at the latest: the future has not been answered yet."""
        cut: date | None = self.cleaned_data["cut"]
        return min(cut or self.today, self.today)

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
            as_of=given["cut"],
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
        parts.append(f"up to {(given.get('until') or given['cut']).isoformat()}")
        return " ".join(parts)

    @property
    def query(self) -> str:
        """The same question as an address, with its data cut named."""
        given = self.cleaned_data
        return urlencode(
            {
                "protocol": given["protocol"],
                "route": given["route"],
                "site": given["site"],
                "since": given["since"] or "",
                "until": given["until"] or "",
                "at": self.window.id,
                "outcome": given["outcome"],
                "cut": given["cut"],
            }
        )
