"""The ledger of rules, searchable."""

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from sojourn.clinical.protocols import rule_set
from sojourn.clinical.protocols.ledger import Entry, Kind, concerns, ledger
from sojourn.program.intake.practice_rules import own_thresholds
from sojourn.program.people.access import staff_only
from sojourn.program.people.policy import may_do
from sojourn.program.people.roster import today_for

SHOWN = 40
WORDS_AT_MOST = 100  # characters of a search that are looked at


@staff_only
def rules(request: Any) -> HttpResponse:
    """Show the families of rules, or those that hold every word searched for, with what needs a person.

    The words come in the form's body: somebody may type a name, and addresses are kept.
    """
    families = Counter(entry.family for entry in ledger())
    words = request.POST.get("words", "")[:WORDS_AT_MOST].strip()
    asked = request.GET.get("family", "")
    family = asked if asked in families else ""
    found = (
        [entry for entry in ledger() if _is_asked(entry, words.lower().split(), family)]
        if words or family
        else []
    )
    today = today_for(request.actor, now=request.now)
    told = concerns(ledger(), on=today)
    own = {each.threshold.rule_id: each for each in own_thresholds() if each.is_own}
    return render(
        request,
        "workspace/rules/rules.html",
        {
            "words": words,
            "family": family,
            "families": list(families.items()),
            "in_all": len(ledger()),
            "version": rule_set().version,
            "found": [{"entry": entry, "own": own.get(entry.id)} for entry in found[:SHOWN]],
            "found_in_all": len(found),
            "urgent": [concern for concern in told if concern.kind is not Kind.UNVERIFIED],
            "unverified": sum(concern.kind is Kind.UNVERIFIED for concern in told),
            "is_director": may_do(request.actor, "adopt a threshold"),
        },
    )


def _is_asked(entry: Entry, words: list[str], family: str) -> bool:
    return (not family or entry.family == family) and all(word in entry.words for word in words)
