"""The repository as the house rules see it: what git tracks or would track."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def files(*patterns: str) -> list[Path]:
    """Every file of the repository that matches, tracked or new, but never what git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def modules() -> list[Path]:
    """The product's own Python modules: no tests, no migrations."""
    return [
        p for p in files("*.py") if "migrations" not in p.parts and "tests" not in p.relative_to(ROOT).parts
    ]
