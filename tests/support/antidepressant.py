"""The masked antidepressant trial as people with scores at four visits."""

import csv

from sojourn.clinical.outcomes.mixed_models import PersonScores
from tests.support.data_sets import data_set

VISITS = ("4", "5", "6", "7")


def antidepressant_people():
    """All 172 people; "TREATED" sorts after "PLACEBO". Skips the test where the file is absent."""
    people = {}
    with data_set("antidepressant_hamd17.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found = people.setdefault(
                row["PATIENT"],
                PersonScores(float(row["BASVAL"]), {}, row["THERAPY"].replace("DRUG", "TREATED")),
            )
            found.by_visit[row["VISIT"]] = float(row["HAMDTL17"])
    return list(people.values())
