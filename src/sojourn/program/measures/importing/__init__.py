"""Another practice's scores: read by a map, checked row by row, recorded once."""

from sojourn.program.measures.importing.import_map import ImportMap, MapInvalid, read_map
from sojourn.program.measures.importing.progress import Progress
from sojourn.program.measures.importing.reading import Reading, read_scores
from sojourn.program.measures.importing.recording import NothingToRecord, Outcome, record_scores
from sojourn.program.measures.importing.report import write_report, written_lines
from sojourn.program.measures.importing.score_file import FileUnusable
from sojourn.program.measures.importing.visits import Refusal

__all__ = [
    "FileUnusable", "ImportMap", "MapInvalid", "NothingToRecord", "Outcome", "Progress", "Reading", "Refusal",
    "read_map", "read_scores", "record_scores", "write_report", "written_lines",
]  # fmt: skip
