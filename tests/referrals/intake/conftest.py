"""A draft as a patient has it a minute after the first question."""

import pytest
from django.utils import timezone

from referrals.intake import actions


@pytest.fixture
def draft(ana):
    return actions.start(by=ana, now=timezone.now(), situation="surgery")


@pytest.fixture
def as_ana(client, ana):
    client.force_login(ana)
    return client


@pytest.fixture
def post_step(as_ana):
    """post_step(case, "about", go="continue", **typed)"""

    def post(case, slug, follow=False, **typed):
        return as_ana.post(f"/ask/{case.reference}/step/{slug}/", typed, follow=follow)

    return post
