"""What only some want is only paid for by them."""

import subprocess
import sys

import pytest

SAYS = "import sys; import {}; print(sorted(n for n in ('numba', 'llvmlite', 'scipy') if n in sys.modules))"


@pytest.mark.parametrize("name", ["sojourn.clinical.pharmacology", "sojourn.clinical.rehearsal"])
def test_the_pages_start_without_the_compiler(name):
    """The pages reach the pharmacology through rehearsals; numba would cost each of them 40 MB and a tenth of a second."""
    said = subprocess.run(
        [sys.executable, "-c", SAYS.format(name)], capture_output=True, text=True, check=True
    ).stdout
    assert said.strip() == "[]"
