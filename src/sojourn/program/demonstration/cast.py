"""The invented people of the demonstration practice. No real person stands here; every number is made up."""

from dataclasses import dataclass
from enum import StrEnum

from sojourn.program.people.roles import Role


class Course(StrEnum):
    """How a person's scores go over the course of treatment."""

    RESPONDS = "responds"
    REMITS = "remits"
    PARTLY = "partly"
    DOES_NOT_RESPOND = "does not respond"
    WORSENS = "worsens"
    RELAPSES = "relapses"


class Stage(StrEnum):
    """How far a person has come by today."""

    JOINED = "joined"  # and nothing answered yet
    ASKED = "asked"  # for more information, by the prescriber
    ANSWERING = "answering"  # joined, questionnaires still to do
    WAITING = "waiting"  # for a decision
    DECLINED = "declined"
    REFERRED = "referred"
    CONSENTING = "consenting"  # suitable, consent still to sign
    PREPARING = "preparing"  # booked, no dose yet
    RUNNING = "running"  # a dosing session is going on now
    DOSING = "dosing"  # between two doses
    FOLLOWING = "following"  # all doses given, still asked each week
    COMPLETED = "completed"
    STOPPED = "stopped"
    DROPPED_OUT = "dropped out"


@dataclass(frozen=True)
class StaffPart:
    name: str
    role: Role
    site: str
    license_ends_in_days: int = 400


@dataclass(frozen=True)
class PatientPart:
    """One invented patient: where, by which protocol, how far, and how it goes.

    `place` finds the synthetic person they live as, one of a million (`living_person`): body, readings, scores and
    whether they leave follow from it. It was chosen so that `course` is what happens; a test holds it to that.
    `weeks_in` counts from the first dose to today; `minutes_in` and `sedated` are for a session going on now;
    `joined_minutes_ago` is for somebody who has just come in.
    """

    name: str
    born_year: int
    site: str
    protocol: str
    stage: Stage
    course: Course = Course.RESPONDS
    weeks_in: int = 0
    minutes_in: int = 0
    self_harm_weeks: tuple[int, ...] = ()
    skipped_weeks: tuple[int, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()  # how the assessment differs from an unremarkable one
    rules_of_another_day: bool = False
    sedated: bool = False
    joined_minutes_ago: int = 0
    place: int = 0


OAKLAND, BROOKLYN = "Harbor Oakland", "Harbor Brooklyn"
SITES = (
    (OAKLAND, "12 Lakeshore Court, Oakland, CA", "CA", "America/Los_Angeles"),
    (BROOKLYN, "5 Carroll Yard, Brooklyn, NY", "NY", "America/New_York"),
)
CHAIRS = {OAKLAND: ("Cedar", "Willow", "Alder", "Birch"), BROOKLYN: ("North", "East", "South", "West")}

DIRECTOR = "Dr. Dora Okafor"
STAFF = (
    StaffPart("Dr. Ben Adeyemi", Role.PRESCRIBER, OAKLAND),
    StaffPart("Dr. Inés Carvalho", Role.PRESCRIBER, BROOKLYN, license_ends_in_days=41),
    StaffPart("Thea Lindqvist", Role.THERAPIST, OAKLAND),
    StaffPart("Samir Haddad", Role.THERAPIST, OAKLAND),
    StaffPart("Joanna Petrov", Role.THERAPIST, BROOKLYN),
    StaffPart("Mona Castillo", Role.SESSION_MONITOR, OAKLAND),
    StaffPart("Elliot Grange", Role.SESSION_MONITOR, OAKLAND, license_ends_in_days=-12),
    StaffPart("Ruth Amsel", Role.SESSION_MONITOR, BROOKLYN),
    StaffPart("Cora Whitfield", Role.COORDINATOR, OAKLAND),
    StaffPart("Dev Raman", Role.COORDINATOR, BROOKLYN),
)

ESK, IV, IM, SL = "esketamine_clinic", "racemic_iv_clinic", "racemic_im_clinic", "racemic_sl_home"
S, C = Stage, Course
PATIENTS = (
    # going on now
    PatientPart("Ada Núñez", 1984, OAKLAND, ESK, S.RUNNING, C.RESPONDS, 2, 47, sedated=True, place=6412),
    PatientPart("Piotr Wiśniewski", 1971, OAKLAND, IV, S.RUNNING, C.PARTLY, 1, 12, place=4567),
    PatientPart("Grace Oyelaran", 1990, OAKLAND, IM, S.RUNNING, C.REMITS, 3, 96, sedated=True, place=605),
    PatientPart("Haruto Kanemori", 1966, BROOKLYN, ESK, S.RUNNING, C.RESPONDS, 1, 124, place=2180),
    PatientPart("Lena Vogt", 1993, BROOKLYN, SL, S.RUNNING, C.RESPONDS, 2, 28, place=7900),
    # between doses
    PatientPart("Marcus Bell", 1979, OAKLAND, ESK, S.DOSING, C.RESPONDS, 3, self_harm_weeks=(0, 1), place=1366),
    PatientPart("Siobhán Ní Dhuibhir", 1988, OAKLAND, IV, S.DOSING, C.DOES_NOT_RESPOND, 2, place=32954),
    PatientPart("Teodora Ilić", 1959, OAKLAND, ESK, S.DOSING, C.PARTLY, 4, skipped_weeks=(2,), place=3336),
    PatientPart("Jamal Whitaker", 1997, OAKLAND, SL, S.DOSING, C.WORSENS, 2, self_harm_weeks=(2,), place=224187),
    PatientPart("Amara Diallo", 1982, BROOKLYN, IM, S.DOSING, C.REMITS, 2, place=14718),
    PatientPart("Noah Lindgren", 1975, BROOKLYN, IV, S.DOSING, C.RESPONDS, 1, place=560),
    PatientPart("Yael Abramson", 1969, BROOKLYN, ESK, S.DOSING, C.PARTLY, 5, skipped_weeks=(3, 4), place=16602),
    PatientPart("Tomás Quiroga", 1991, OAKLAND, IM, S.DOSING, C.RESPONDS, 2, place=22339),
    # about to begin
    PatientPart("Wei-Ling Chao", 1986, OAKLAND, ESK, S.PREPARING, place=40),
    PatientPart("Derek Olander", 1963, OAKLAND, IV, S.PREPARING, place=6),
    PatientPart("Fatima El-Sayed", 1994, BROOKLYN, SL, S.PREPARING, place=18),
    PatientPart("Rosalind Achebe", 1978, BROOKLYN, ESK, S.PREPARING, place=42),
    # decided, consent to sign
    PatientPart("Ingrid Solberg", 1981, OAKLAND, ESK, S.CONSENTING, place=0),
    PatientPart("Caleb Montrose", 1999, BROOKLYN, SL, S.CONSENTING, place=24),
    # waiting for a decision
    PatientPart("Zofia Kamińska", 1987, OAKLAND, ESK, S.WAITING, self_harm_weeks=(0,), joined_minutes_ago=26, place=13),
    PatientPart("Omar Benyahia", 1973, OAKLAND, IV, S.WAITING, answers=(("aneurysm", "unknown"),), place=43),
    PatientPart("Delphine Roux", 1992, BROOKLYN, SL, S.ASKED, answers=(("companion", "no"),), place=33),
    PatientPart("Malcolm Reyes", 1955, BROOKLYN, ESK, S.WAITING, self_harm_weeks=(0,), place=29),
    PatientPart("Petra Hlaváčková", 1980, OAKLAND, SL, S.WAITING, place=21),
    # joined, still answering
    PatientPart("Kwame Asante", 1995, OAKLAND, ESK, S.ANSWERING, place=71),
    PatientPart("Lucía Ferrante", 1989, BROOKLYN, IV, S.JOINED, place=96),
    # decided otherwise
    PatientPart("Harriet Blount", 1970, OAKLAND, IV, S.DECLINED, answers=(("brain_bleed", "yes"),), place=107),
    PatientPart("Viktor Sandoval", 1984, BROOKLYN, SL, S.REFERRED, answers=(("psychosis_ever", "yes"),), place=126),
    # all doses given
    PatientPart("Esther Bamgbose", 1976, OAKLAND, ESK, S.FOLLOWING, C.REMITS, 14, place=110597),
    PatientPart("Julian Thorne", 1968, OAKLAND, IV, S.FOLLOWING, C.RELAPSES, 12, place=12661),
    PatientPart("Mei Tanigawa", 1990, BROOKLYN, IM, S.FOLLOWING, C.RESPONDS, 10, skipped_weeks=(5, 8), place=36744),
    PatientPart("Bridget O'Shea", 1957, BROOKLYN, SL, S.FOLLOWING, C.PARTLY, 8, rules_of_another_day=True, place=26154),
    PatientPart("Arjun Malhotra", 1977, OAKLAND, ESK, S.FOLLOWING, C.RESPONDS, 20, place=47249),
    # ended
    PatientPart("Celeste Dufour", 1983, OAKLAND, IV, S.COMPLETED, C.REMITS, 26, place=64270),
    PatientPart("Gideon Marsh", 1962, BROOKLYN, ESK, S.COMPLETED, C.RESPONDS, 30, place=36767),
    PatientPart("Noor Rahimi", 1996, BROOKLYN, SL, S.COMPLETED, C.PARTLY, 18, place=5262),
    PatientPart("Stefan Brandvold", 1974, OAKLAND, IM, S.STOPPED, C.DOES_NOT_RESPOND, 9, place=101322),
    PatientPart("Luz Marina Prieto", 1958, BROOKLYN, ESK, S.STOPPED, C.WORSENS, 7, self_harm_weeks=(3,), place=140375),
    PatientPart("Anselm Weir", 1987, OAKLAND, SL, S.DROPPED_OUT, C.PARTLY, 6, place=142771),
    PatientPart("Tamsin Yardley", 1993, BROOKLYN, IV, S.DROPPED_OUT, C.DOES_NOT_RESPOND, 5, place=48444),
)  # fmt: skip
