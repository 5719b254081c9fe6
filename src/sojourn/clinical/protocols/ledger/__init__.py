"""Every rule of the program in one list, for reading and reviewing."""

from sojourn.clinical.protocols.ledger.entries import Entry, Where
from sojourn.clinical.protocols.ledger.gathering import ledger
from sojourn.clinical.protocols.ledger.page import rules_page
from sojourn.clinical.protocols.ledger.review import Concern, Kind, concerns

__all__ = ["Concern", "Entry", "Kind", "Where", "concerns", "ledger", "rules_page"]
