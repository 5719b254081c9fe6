import pytest

from tests.support.importing import Desk


@pytest.fixture
def desk(ward, tmp_path):
    return Desk(tmp_path)
