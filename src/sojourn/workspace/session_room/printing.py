"""Turns a document of a session into a paper that can be set."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sojourn.clinical.monitoring.documents import Document, Line
from sojourn.design.papers.pdf import Paper, PaperLine, PaperSection
from sojourn.program.people.queries import PracticeCard


def paper_of(made: Document, *, practice: PracticeCard) -> Paper:
    """Say on paper exactly what the document says, and of which record it was made."""
    return Paper(
        title=made.title,
        about=made.about,
        practice=practice.name,
        sections=tuple(
            PaperSection(
                section.title,
                tuple(
                    PaperLine(line.label, line.says, _rests_on(line), capfirst(line.lacks))
                    for line in section.lines
                ),
            )
            for section in made.sections
        ),
        headings=(_("What"), _("On record")),
        made_from=_("Made from %(n)s events of this session, version %(version)s.")
        % {"n": made.events, "version": made.version},
        seal=_("Last seal: %(seal)s") % {"seal": made.head},
        source=_("Source: %(sources)s") % {"sources": "; ".join(each.in_words for each in made.citations)}
        if made.citations
        else "",
        boxes=_(
            "A letter of this document cannot be printed here and stands as a box. It is on record as it was typed."
        ),
        mark=_("Demonstration: everyone and everything here is invented.")
        if practice.is_demonstration
        else "",
    )


def _rests_on(line: Line) -> str:
    """Which events say it, and where else it stands."""
    return " \u00b7 ".join(part for part in (line.source, _cited(line)) if part)


def _cited(line: Line) -> str:
    if not line.cites:
        return ""
    spans = (str(first) if first == last else f"{first}\u2013{last}" for first, last in line.spans)
    said = _("event %(numbers)s") if len(line.cites) == 1 else _("events %(numbers)s")
    return said % {"numbers": ", ".join(spans)}
