"""Pages of the reference are made from data; a page that is older than its data misleads whoever reads it."""

import importlib.machinery
import importlib.util

import pytest

from tests.house_rules.tree import ROOT


def pages():
    loader = importlib.machinery.SourceFileLoader("reference", str(ROOT / "tools" / "reference"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("reference", loader))
    loader.exec_module(module)
    return module.PAGES


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_reference_page_is_what_its_data_say(name):
    """Run tools/reference and commit what it writes."""
    assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == pages()[name]()
