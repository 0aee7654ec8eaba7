import pytest

from referrals.rules.roads import CASE
from referrals.rules.workflow import take
from tests.build import NOW, make_case
from tests.referrals.records import samples


@pytest.fixture(autouse=True)
def storage_of_its_own(settings, tmp_path):
    settings.RECORDS_DIR = str(tmp_path / "records")


@pytest.fixture
def sent(ana, tess):
    """A request in triage with one letter."""
    case = make_case(ana, "triage", staff=tess)
    samples.ready(case, samples.pdf(), "letter.pdf")
    return case


@pytest.fixture
def ended(sent, tess, ana):
    """The same, taken back."""
    take(CASE, "withdraw", sent, by=ana, now=NOW)
    return sent
