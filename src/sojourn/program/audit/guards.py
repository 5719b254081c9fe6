"""Whether the guards stand that keep records from being changed, and boards and histories from missing a change."""

import pgtrigger


def out_of_the_way() -> tuple[str, ...]:
    """Name each trigger of this version that is missing, disabled or another one than it should be, by its table."""
    return tuple(
        f"{trigger.name} of {model._meta.db_table}"  # noqa: SLF001 - Django documents _meta
        for model, trigger in pgtrigger.registered()
        if trigger.get_installation_status(model) != ("INSTALLED", True)
    )
