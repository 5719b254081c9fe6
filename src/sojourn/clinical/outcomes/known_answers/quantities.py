"""Computes every published quantity from the rows of its data set, with the same functions the practice's pages use."""

from collections.abc import Callable, Mapping, Sequence

from sojourn.clinical.outcomes.known_answers import counts, studies, trials

Rows = Sequence[Mapping[str, str]]
COMPUTED: Mapping[str, Callable[[Rows], dict[str, float]]] = {
    "beat-the-blues": trials.beat_the_blues,
    "antidepressant": trials.antidepressant,
    "reisby": trials.reisby,
    "claus": studies.claus,
    "reframed": studies.reframed,
    "linde": studies.linde,
    "smoking": studies.smoking,
    "aml": studies.aml,
    "counts": lambda _: counts.from_counts(),
}


def ours(data_set_id: str, rows: Rows) -> dict[str, float]:
    """Give every quantity of a data set by its name; KeyError for an unknown one."""
    return COMPUTED[data_set_id](rows)
