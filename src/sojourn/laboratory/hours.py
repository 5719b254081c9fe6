"""The hours of the first and the last session of a series, drawn one by one: over weeks they are a stroke wide."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from sojourn.clinical.pharmacology import Band, Measure, People, Regimen, bands
from sojourn.clinical.pharmacology.windows import confidence_of
from sojourn.laboratory.drawing import band_svg

LASTS_H, STEP_H = 6.0, 2 / 60
DRAWN = (Measure.VENOUS, Measure.DISSOCIATION, Measure.SYSTOLIC_RISE)


def drawn_hours(*, regimen: Regimen, people: People, title: str, footnote: str) -> Iterator[tuple[str, str]]:
    """Give names and drawings; none for a single session, which is drawn as it is."""
    if len(regimen.sessions) == 1:
        return
    hours = np.arange(0, LASTS_H + STEP_H / 2, STEP_H)
    ends = {"first": regimen.sessions[0], "last": regimen.sessions[-1]}
    at = np.concatenate([session.start_h + hours for session in ends.values()])
    found = bands(regimen=regimen, people=people, times_h=at, measures=DRAWN)
    for place, (which, session) in enumerate(ends.items()):
        number = 1 if which == "first" else len(regimen.sessions)
        here = slice(place * len(hours), (place + 1) * len(hours))
        for measure, band in found.items():
            sure = confidence_of(session.dose, measure, after_others=which == "last")
            part: Band = replace(band, times_h=hours, values=band.values[:, here])
            note = f"{footnote} Confidence: {sure}."
            drawn = band_svg(part, title=f"{title}: session {number}", footnote=note)
            yield f"{which}-session-{measure.replace(' ', '-')}", drawn
