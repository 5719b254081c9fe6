"""Published data sets to check against. They lie beside the project, not in it, because most carry copyleft licences."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def data_set(name: str) -> Path:
    """Find the file in a folder `shared/data` beside the project, or skip the test and say why."""
    for folder in ROOT.parents:
        path = folder / "shared" / "data" / name
        if path.is_file():
            return path
    pytest.skip(f"{name} is not here: lay it in shared/data beside the project")
