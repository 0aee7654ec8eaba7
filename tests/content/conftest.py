import pytest

from content import loading


@pytest.fixture
def texts(db):
    """All pages and passages, loaded from their files."""
    loading.load()


@pytest.fixture
def answers():
    """Answers to the check by somebody who needs nothing; a test changes what it is about."""
    return {
        "signs": ["none"],
        "situation": "other",
        "plan": "small",
        "timing": "later",
        "options": "yes",
        "doubt": "no",
        "progress": "better",
        "sure": "yes",
        "earlier": "no",
    }
