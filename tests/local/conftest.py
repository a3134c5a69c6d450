"""Labs that clean up behind themselves."""

import pytest

from tests.local.local_lab import LocalLab


@pytest.fixture
def make_lab(tmp_path_factory):
    labs = []

    def make(**options):
        labs.append(LocalLab(tmp_path_factory.mktemp("lab"), **options))
        return labs[-1]

    yield make
    for lab in labs:
        lab.close()


@pytest.fixture(params=["warm", "cold"])
def lab(request, make_lab):
    return make_lab(warm=request.param == "warm")
